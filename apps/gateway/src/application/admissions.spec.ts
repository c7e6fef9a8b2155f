import {
  type DropRecord,
  type Hold,
  type LiveListener,
  type LiveMessage,
  type PlaceHold,
  ServiceUnavailable,
} from '@holdfast/contracts';
import { deriveHoldId, newGhostId } from '@holdfast/kernel';
import { type Logger, Metrics } from '@holdfast/observability';
import { TestClock } from '@holdfast/testing';
import { aDrop, DROP_ID } from '../../../../test/support/fake-edge';
import { TestBudgets } from '../../../../test/support/test-budgets';
import { GcraStorage } from '../adapters/limits/gcra-storage';
import { LeasedLimits } from '../adapters/limits/leased-limits';
import { SharingState } from '../adapters/limits/sharing-state';
import { Admissions } from './admissions';
import type { LimitStore } from './ports/limit-store.port';

const MINUTE_MS = 60_000;

let clock: TestClock;
let drop: DropRecord | null;
let available: number;
let reads: number;
let down: boolean;
const placed = new Set<string>();
let listeners: LiveListener[];
beforeEach(() => {
  clock = new TestClock();
  drop = capped(120);
  [available, reads, down] = [1_000_000, 0, false];
  placed.clear();
  listeners = [];
});

const capped = (perMinute: number | null, more: Partial<DropRecord> = {}) =>
  aDrop({ admission: { perMinute, from: null }, ...more });
const tell = (message: LiveMessage) => listeners.forEach((listener) => listener(message));

function gateway(limits: LimitStore = new GcraStorage(clock)): Admissions {
  const admissions = new Admissions({
    directory: {
      record: () => {
        reads += 1;
        return down ? Promise.reject(new ServiceUnavailable('inventory', 1)) : Promise.resolve(drop);
      },
    },
    stock: { ofDrop: () => Promise.resolve([{ sku: 'TEE-M', available } as never]) },
    holds: { getHold: ({ holdId }) => Promise.resolve(placed.has(holdId) ? ({} as Hold) : null) },
    feed: {
      subscribe: (listener) => {
        listeners.push(listener);
        return () => undefined;
      },
    },
    limits,
    clock,
  });
  admissions.start();
  return admissions;
}

let keys = 0;
const command = (more: Partial<PlaceHold> = {}): PlaceHold => ({
  dropId: DROP_ID,
  customerId: 'cus_1',
  key: `key-${(keys += 1)}`,
  fingerprint: 'x',
  lines: [{ sku: 'TEE-M', quantity: 1 }],
  ...more,
});

/** Ten times as many come as may, evenly over a minute. Returns how many were let through. */
async function crowd(gateways: readonly Admissions[], perMinute: number, ms = MINUTE_MS): Promise<number> {
  const gapMs = MINUTE_MS / (10 * perMinute);
  let through = 0;
  for (let atMs = 0, i = 0; atMs < ms; atMs += gapMs, i += 1) {
    const refusal = await gateways[i % gateways.length]!.refusal(command());
    if (refusal === null) through += 1;
    clock.advance(gapMs);
  }
  return through;
}

describe.each([10, 120, 1_200])('a cap of %i new holds a minute', (perMinute) => {
  beforeEach(() => (drop = capped(perMinute)));
  const least = perMinute * 0.95;
  const most = perMinute * 1.1;

  it('lets that many through in a minute, in one process', async () => {
    const through = await crowd([gateway()], perMinute);
    expect(through).toBeGreaterThanOrEqual(least);
    expect(through).toBeLessThanOrEqual(most);
  });

  it('and over all gateways of a cluster', async () => {
    const budgets = new TestBudgets(clock);
    const through = await crowd([sharing(budgets), sharing(budgets), sharing(budgets)], perMinute);
    expect(through).toBeGreaterThanOrEqual(least - 1);
    expect(through).toBeLessThanOrEqual(most);
  });

  it('and a crowd that comes at once waits for its turn', async () => {
    const admissions = gateway();
    let through = 0;
    for (let i = 0; i < 2 * perMinute; i += 1)
      if ((await admissions.refusal(command())) === null) through += 1;
    expect(through).toBe(Math.max(1, Math.floor(perMinute * 0.05)));
  });
});

it('is kept by each gateway alone while the budgets cannot be shared', async () => {
  const budgets = new TestBudgets(clock);
  budgets.away = true;
  const through = await crowd([sharing(budgets)], 120);
  expect(through).toBeGreaterThanOrEqual(114);
  expect(through).toBeLessThanOrEqual(132);
});

function sharing(budgets: TestBudgets): Admissions {
  const logger = { info: () => undefined, warn: () => undefined } as unknown as Logger;
  return gateway(new LeasedLimits(budgets, clock, new SharingState(clock, logger, new Metrics())));
}

/** A gateway that has let through what it may for now. */
async function exhausted(): Promise<Admissions> {
  const admissions = gateway();
  for (let i = 0; i < 20; i += 1) await admissions.refusal(command());
  return admissions;
}

it('says when to come back', async () => {
  expect(await (await exhausted()).refusal(command())).toBe(1);
});

it('lets replays of a key pass', async () => {
  const admissions = await exhausted();
  const again = command();
  expect(await admissions.refusal(again)).not.toBeNull();
  const { dropId, customerId, key } = again;
  placed.add(deriveHoldId({ dropId, customerId, route: `POST /v1/drops/${dropId}/holds`, key }));
  expect(await admissions.refusal(again)).toBeNull();
});

it('leaves it to the ledger to say that nothing is left, or that the drop is not open', async () => {
  const admissions = await exhausted();
  available = 0;
  expect(await admissions.refusal(command())).toBeNull();
  available = 10;
  expect(await admissions.refusal(command())).not.toBeNull();
  drop = capped(120, { state: 'paused' });
  expect(await admissions.refusal(command())).toBeNull();
});

it('takes nothing from the budget for what the ledger refuses', async () => {
  const admissions = gateway();
  available = 0;
  for (let i = 0; i < 100; i += 1) await admissions.refusal(command());
  available = 10;
  const unknown = { lines: [{ sku: 'NONE', quantity: 1 }] };
  for (let i = 0; i < 100; i += 1) expect(await admissions.refusal(command(unknown))).toBeNull();
  expect(await admissions.refusal(command())).toBeNull();
});

it('costs nothing where there is no cap: one read, and then no promise', async () => {
  drop = capped(null);
  const admissions = gateway();
  expect(await admissions.refusal(command())).toBeNull();
  for (let i = 0; i < 100; i += 1) expect(admissions.refusal(command())).toBeNull();
  expect(reads).toBe(1);
  expect(admissions.refusal(command({ dropId: newGhostId() }))).toBeNull();
});

it('follows a change that the feed tells, at once', async () => {
  drop = capped(null);
  const admissions = gateway();
  await admissions.refusal(command());
  drop = capped(10);
  tell({ kind: 'drop', dropId: DROP_ID, revision: 2 } as LiveMessage);
  expect(await admissions.refusal(command())).toBeNull();
  expect(await admissions.refusal(command())).toBe(6);
});

it('follows a change that the feed has lost, after two seconds', async () => {
  drop = capped(null);
  const admissions = gateway();
  await admissions.refusal(command());
  drop = capped(10);
  clock.advance(2_001);
  expect(admissions.refusal(command())).toBeNull();
  await Promise.resolve().then(() => Promise.resolve());
  await new Promise((resolve) => setImmediate(resolve));
  expect(await admissions.refusal(command())).toBeNull();
  expect(await admissions.refusal(command())).toBe(6);
});

it('keeps no drop that does not exist, and caps nothing while inventory is unreachable', async () => {
  const admissions = gateway();
  drop = null;
  expect(await admissions.refusal(command({ dropId: 'dnowhere' }))).toBeNull();
  down = true;
  expect(await admissions.refusal(command())).toBeNull();
  expect(admissions.size).toBe(0);
});
