import fc from 'fast-check';
import { isSoldOut } from '@holdfast/contracts';
import { type LiveCounts, StockCoalescer } from './stock-coalescer';

const GAP_MS = 100;
const SKUS = ['A', 'B', 'C'];

interface Step {
  waitMs: number;
  changes: { sku: string; available: number; repeated: boolean }[];
}

interface Sent {
  atMs: number;
  urgent: boolean;
  frame: LiveCounts[];
}

/** A history: at each step some time passes and a message with some changes arrives. Versions grow by SKU; stale repeats are mixed in. */
const history = fc.array(
  fc.record({
    waitMs: fc.integer({ min: 0, max: 250 }),
    changes: fc.array(
      fc.record({
        sku: fc.constantFrom(...SKUS),
        available: fc.integer({ min: 0, max: 2 }),
        repeated: fc.boolean(),
      }),
      { minLength: 1, maxLength: 6 },
    ),
  }),
  { minLength: 1, maxLength: 60 },
);

/** Plays a history as a channel would: urgent frames at once, the rest as soon as they are due. */
function play(steps: Step[]) {
  const coalescer = new StockCoalescer(GAP_MS);
  const version = new Map(SKUS.map((sku) => [sku, 1]));
  const told = new Map<string, LiveCounts[]>();
  coalescer.prime(SKUS.map((sku) => make(sku, 1, 1)));
  const sent: Sent[] = [];
  let now = 0;
  const flushUntil = (end: number) => {
    for (let due = coalescer.dueAtMs(); due !== null && due <= end; due = coalescer.dueAtMs()) {
      const atMs = Math.max(due, now);
      const frame = coalescer.flush(atMs);
      if (frame) sent.push({ atMs, urgent: false, frame });
    }
  };
  for (const { waitMs, changes } of steps) {
    flushUntil(now + waitMs);
    now += waitMs;
    const message = changes.map(({ sku, available, repeated }) => {
      if (!repeated) version.set(sku, version.get(sku)! + 1);
      const counts = repeated
        ? make(sku, available, version.get(sku)! - 1)
        : make(sku, available, version.get(sku)!);
      if (!repeated) told.set(sku, [...(told.get(sku) ?? []), counts]);
      return counts;
    });
    for (const frame of coalescer.offer(message, now)) sent.push({ atMs: now, urgent: true, frame });
    flushUntil(now);
  }
  flushUntil(now + GAP_MS);
  return { sent, told };
}

function make(sku: string, available: number, version: number): LiveCounts {
  return {
    sku,
    display: 'exact',
    available,
    held: 0,
    sold: 0,
    total: available,
    version,
    asOf: new Date(version).toISOString(),
  };
}

/** The sides of zero that one reader of these states sees, without repeats. */
function sides(states: readonly LiveCounts[]): boolean[] {
  return [true, ...states.map((it) => !isSoldOut(it))].filter(
    (side, i, all) => i === 0 || side !== all[i - 1],
  );
}

describe('any history of counts', () => {
  it('keeps every crossing of zero, in order', () => {
    fc.assert(
      fc.property(history, (steps) => {
        const { sent, told } = play(steps);
        for (const sku of SKUS) {
          const seen = sent.flatMap(({ frame }) => frame).filter((it) => it.sku === sku);
          expect(sides(seen)).toEqual(sides(told.get(sku) ?? []));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('ends with the newest state of each SKU, and versions only grow', () => {
    fc.assert(
      fc.property(history, (steps) => {
        const { sent, told } = play(steps);
        for (const sku of SKUS) {
          const seen = sent.flatMap(({ frame }) => frame).filter((it) => it.sku === sku);
          expect(seen.at(-1)).toEqual(told.get(sku)?.at(-1));
          for (let i = 1; i < seen.length; i += 1)
            expect(seen[i]!.version).toBeGreaterThan(seen[i - 1]!.version);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('never puts more than ten ordinary frames into a second', () => {
    fc.assert(
      fc.property(history, (steps) => {
        const ordinary = play(steps).sent.filter(({ urgent }) => !urgent);
        for (let i = 10; i < ordinary.length; i += 1) {
          expect(ordinary[i]!.atMs - ordinary[i - 10]!.atMs).toBeGreaterThanOrEqual(1_000);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('lets a crossing wait for nothing', () => {
    fc.assert(
      fc.property(history, (steps) => {
        let side = true;
        for (const { urgent, frame } of play(steps).sent) {
          const a = frame.find((it) => it.sku === 'A');
          if (!a) continue;
          if (isSoldOut(a) === side) expect(urgent).toBe(true);
          side = !isSoldOut(a);
        }
      }),
      { numRuns: 300 },
    );
  });
});
