import fc from 'fast-check';
import type { PlaceHold, PlaceOutcome } from '@holdfast/contracts';
import {
  answerIn,
  MODEL_DROP,
  ModelShop,
  ScriptedFeed,
  ScriptedTime,
  stockMessage,
} from '../../../../../test/support/latch-model';
import { LATCH_MS_MAX } from './latch-settings';
import { LatchedHolds } from './latched-holds';

// Random histories of one drop, seen through one gateway with a latch while others sell the same drop. Whatever the latch says by itself must be
// an answer that inventory would have given at some moment within the bound, to this very command.

const line = fc.record({
  sku: fc.constantFrom('A', 'A', 'B', 'B', 'A', 'B', 'nope'),
  quantity: fc.constantFrom(1, 1, 2, 3),
});
const wish = fc.record({
  customerId: fc.nat({ max: 11 }).map((n) => `cus_${n}`),
  key: fc.constantFrom('k1', 'k2'),
  lines: fc.uniqueArray(line, { minLength: 1, maxLength: 2, selector: ({ sku }) => sku }),
});
const wayMs = fc.oneof(
  { weight: 5, arbitrary: fc.nat({ max: 30 }) },
  { weight: 1, arbitrary: fc.nat({ max: 1_500 }) },
);
const trip = fc.record({
  thereMs: wayMs,
  backMs: wayMs,
  lost: fc.nat({ max: 9 }).map((n) => n === 0),
});
const event = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({ kind: fc.constant('place' as const), wish, trip, questionTrip: trip }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('place-elsewhere' as const), wish }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('units-back' as const),
      sku: fc.constantFrom('A', 'B'),
      toldAfterMs: fc.oneof(fc.constant(Infinity), fc.nat({ max: 2_000 })),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('pause' as const), toldAfterMs: fc.nat({ max: 2_000 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('stale' as const) }) },
);
const history = fc.array(fc.tuple(fc.nat({ max: 150 }), event), {
  minLength: 30,
  maxLength: 120,
  size: 'max',
});

type Event = typeof event extends fc.Arbitrary<infer E> ? E : never;

/** An answer that came in the moment of the question, without inventory being asked. */
interface FromMemory {
  atMs: number;
  command: PlaceHold;
  outcome: PlaceOutcome;
}

class Run {
  readonly time = new ScriptedTime();
  readonly feed = new ScriptedFeed(this.time);
  readonly shop = new ModelShop(this.time, { A: 2, B: 1 });
  readonly fromMemory: FromMemory[] = [];
  /** When a customer's command through this gateway got units, by customer. */
  readonly granted = new Map<string, number>();
  private readonly latched = new LatchedHolds(
    this.shop.asClient,
    this.shop.asClient,
    this.feed.asFeed,
    this.time,
  );

  constructor() {
    this.latched.start();
  }

  async play(events: readonly (readonly [number, Event])[]): Promise<void> {
    let atMs = 0;
    for (const [gapMs, happening] of events) {
      atMs += gapMs;
      this.time.at(atMs, () => this.happen(happening));
    }
    await this.time.runUntil(atMs + 10_000);
  }

  private happen(it: Event): void {
    switch (it.kind) {
      case 'place':
        this.shop.trip = it.trip;
        this.shop.questionTrip = it.questionTrip;
        return this.place({ ...it.wish, dropId: MODEL_DROP, fingerprint: JSON.stringify(it.wish.lines) });
      case 'place-elsewhere':
        this.shop.execute({ ...it.wish, dropId: MODEL_DROP, fingerprint: JSON.stringify(it.wish.lines) });
        return;
      case 'units-back': {
        const { available } = this.shop.state;
        this.shop.change({ available: { ...available, [it.sku]: available[it.sku]! + 1 } });
        return this.tell(it.toldAfterMs, () =>
          this.feed.deliver(stockMessage({ [it.sku]: available[it.sku]! + 1 })),
        );
      }
      case 'pause':
        this.shop.change({ open: !this.shop.state.open });
        return this.tell(it.toldAfterMs, () =>
          this.feed.deliver({ kind: 'drop', dropId: MODEL_DROP, revision: 1 }),
        );
      case 'stale':
        return this.feed.deliver({ kind: 'stale', since: '' });
    }
  }

  private place(command: PlaceHold): void {
    const before = this.latched.counts.refused;
    const atMs = this.time.now();
    const answer = this.latched.placeHold(command);
    const fromMemory = this.latched.counts.refused > before;
    if (!fromMemory) {
      const { thereMs } = this.shop.trip;
      this.time.at(atMs + thereMs, () => {
        const mine = this.shop.state.holds.get(`${command.customerId} ${command.key}`);
        if (mine !== undefined && !this.granted.has(command.customerId))
          this.granted.set(command.customerId, this.time.now());
      });
    }
    answer.then(
      (outcome) => void (fromMemory && this.fromMemory.push({ atMs, command, outcome })),
      () => undefined,
    );
  }

  private tell(afterMs: number, deliver: () => void): void {
    if (Number.isFinite(afterMs)) this.time.at(this.time.now() + afterMs, deliver);
  }
}

/** Whether a certificate bears the answer out: young enough, and contradicted by nothing that arrived since it was asked for. */
function isCertified(run: Run, { atMs, command, outcome }: FromMemory): boolean {
  if (outcome.kind !== 'refused') return false;
  const short = outcome.shortLines.map((i) => command.lines[i]!);
  return run.shop.certificates.some(({ askedAtMs, answeredAtMs, state }) => {
    if (answeredAtMs > atMs || atMs - askedAtMs >= LATCH_MS_MAX) return false;
    if (JSON.stringify(answerIn(state, command)) !== JSON.stringify(outcome)) return false;
    return !run.feed.arrived.some(({ atMs: arrivedMs, message }) => {
      if (arrivedMs <= askedAtMs || arrivedMs > atMs) return false;
      if (message.kind !== 'stock') return true;
      return message.rows.some((row) =>
        short.some(({ sku, quantity }) => sku === row.sku && row.available >= quantity),
      );
    });
  });
}

describe('the sold-out latch, over random histories', () => {
  it('says nothing that inventory would not have said within the bound', async () => {
    let refusals = 0;
    await fc.assert(
      fc.asyncProperty(history, async (events) => {
        const run = new Run();
        await run.play(events);
        refusals += run.fromMemory.length;
        for (const answer of run.fromMemory) {
          const { atMs, command, outcome } = answer;
          const states = run.shop.statesIn(atMs - LATCH_MS_MAX, atMs);
          expect(states.map((state) => answerIn(state, command))).toContainEqual(outcome);
          expect(isCertified(run, answer)).toBe(true);
          // Same key, same answer: who got units through this gateway is never refused here.
          expect(run.granted.get(command.customerId) ?? Infinity).toBeGreaterThan(atMs);
        }
      }),
      { numRuns: 400 },
    );
    expect(refusals).toBeGreaterThan(200); // the histories do reach the latch
  });
});
