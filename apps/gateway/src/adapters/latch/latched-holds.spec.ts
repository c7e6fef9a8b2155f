import {
  type InventoryCalls,
  networkName,
  type PlaceHold,
  type PlaceOutcome,
  type Shortage,
} from '@holdfast/contracts';
import {
  MODEL_DROP,
  ModelShop,
  ScriptedFeed,
  ScriptedTime,
  stockMessage,
} from '../../../../../test/support/latch-model';
import { CUSTOMERS_MAX, DROPS_MAX, LATCH_MS_MAX, NOTED_MAX } from './latch-settings';
import { LatchedHolds } from './latched-holds';

const SOLD_OUT: PlaceOutcome = { kind: 'refused', reason: 'sold-out', shortLines: [0] };

let time: ScriptedTime;
let feed: ScriptedFeed;
let shop: ModelShop;
let latched: LatchedHolds;
let keys = 0;

beforeEach(() => {
  time = new ScriptedTime();
  feed = new ScriptedFeed(time);
  shop = new ModelShop(time, { A: 0, B: 1 });
  latched = latchBefore(shop.asClient);
});

function latchBefore(inventory: InventoryCalls): LatchedHolds {
  const latch = new LatchedHolds(inventory, inventory, feed.asFeed, time);
  latch.start();
  return latch;
}

function wish(customerId: string, sku = 'A', more: Partial<PlaceHold> = {}): PlaceHold {
  const lines = [{ sku, quantity: 1 }];
  return {
    dropId: MODEL_DROP,
    customerId,
    key: `k${(keys += 1)}`,
    fingerprint: JSON.stringify(lines),
    lines,
    ...more,
  };
}

/** Places and lets all that follows from it happen. */
async function place(command: PlaceHold): Promise<PlaceOutcome> {
  const answer = latched.placeHold(command);
  await time.runUntil(time.now() + 10);
  return answer;
}

describe('the sold-out latch', () => {
  it('refuses from memory once inventory has said sold out and certified it', async () => {
    expect(await place(wish('cus_1'))).toEqual(SOLD_OUT);
    expect(latched.counts).toEqual({ refused: 0, certificates: 1, unsure: 0 });
    for (let i = 0; i < 100; i += 1) expect(await latched.placeHold(wish(`cus_${i}`))).toEqual(SOLD_OUT);
    expect(latched.counts).toEqual({ refused: 100, certificates: 1, unsure: 0 });
  });

  it('tells every short line, and none that fits', async () => {
    const lines = ['A', 'B', 'C'].map((sku) => ({ sku, quantity: 1 }));
    shop.change({ available: { A: 0, B: 1, C: 0 } });
    for (const customer of ['cus_1', 'cus_2'])
      expect(await place(wish(customer, '', { lines }))).toEqual({ ...SOLD_OUT, shortLines: [0, 2] });
    expect(latched.counts.refused).toBe(1);
  });

  it('leaves it to inventory to refuse a network near its limit: that comes before "sold out"', async () => {
    const at = (id: number, blockId: number | null = null) => ({ network: { id, blockId } });
    shop.named = [networkName(7)];
    await place(wish('cus_1'));
    const { refused } = latched.counts;
    await place(wish('cus_2', 'A', at(7)));
    await place(wish('cus_3', 'A', at(8, 7)));
    expect(latched.counts.refused).toBe(refused);
    // It may be at its limit by this one, whatever the certificate says.
    expect((await place(wish('cus_4', 'B', at(9)))).kind).toBe('held');
    await place(wish('cus_5', 'A', at(9)));
    expect(latched.counts.refused).toBe(refused);
    await latched.placeHold(wish('cus_6', 'A', at(10)));
    expect(latched.counts.refused).toBe(refused + 1);
  });

  it('is asked no more than once at a time, and renewed only while requests come', async () => {
    shop.questionTrip = { thereMs: 200, backMs: 200 };
    for (let i = 0; i < 20; i += 1) await place(wish(`cus_${i}`));
    expect(shop.asked).toBe(1);
    await time.runUntil(time.now() + 10 * LATCH_MS_MAX);
    expect(shop.asked).toBe(1);
  });

  it('goes on without a gap for ten seconds of requests, with few questions', async () => {
    await place(wish('cus_0'));
    for (let i = 1; i <= 1_000; i += 1) await place(wish(`cus_${i}`));
    expect(latched.counts.refused).toBe(1_000);
    expect(shop.asked).toBeLessThanOrEqual(22);
  });

  it.each([
    ['a message that offers units', () => stockMessage({ A: 1 })],
    ['a change of the drop', () => ({ kind: 'drop', dropId: MODEL_DROP, revision: 2 }) as const],
    ['a stream that falls behind', () => ({ kind: 'stale', since: '' }) as const],
  ])('asks inventory again after %s', async (_what, message) => {
    await place(wish('cus_1'));
    feed.deliver(message());
    await place(wish('cus_2'));
    expect(latched.counts.refused).toBe(0);
  });

  it('minds no message of another drop, or of units too few', async () => {
    shop.change({ available: { A: 0 } });
    const lines = [{ sku: 'A', quantity: 2 }];
    await place(wish('cus_1', 'A', { lines }));
    feed.deliver(stockMessage({ A: 1 }));
    feed.deliver({ kind: 'drop', dropId: 'd7654321', revision: 1 });
    await place(wish('cus_2', 'A', { lines }));
    expect(latched.counts.refused).toBe(1);
  });

  it('latches again while the stream is behind: a certificate does not rest on it', async () => {
    feed.deliver({ kind: 'stale', since: '' });
    await place(wish('cus_1'));
    expect(await place(wish('cus_2'))).toEqual(SOLD_OUT);
    expect(latched.counts.refused).toBe(1);
  });

  it('does not outlive the drop', async () => {
    const client = shop.asClient as unknown as { shortageOf: () => Promise<Shortage | null> };
    const { shortageOf } = client;
    client.shortageOf = async () => ({ ...(await shortageOf())!, openForMs: 100 });
    latched = latchBefore(client as unknown as InventoryCalls);
    await place(wish('cus_1'));
    await time.runUntil(time.now() + 100);
    await place(wish('cus_2'));
    expect(latched.counts.refused).toBe(0);
  });

  it('lets the next shopper through when a hold is released here', async () => {
    const released = { kind: 'released' } as const;
    const client = Object.assign(shop.asClient, { releaseHold: () => Promise.resolve(released) });
    latched = latchBefore(client);
    await place(wish('cus_1'));
    await latched.releaseHold({ holdId: `${MODEL_DROP}-h${'0'.repeat(26)}`, customerId: 'cus_9' });
    shop.change({ available: { A: 1 } });
    expect(await place(wish('cus_2'))).toMatchObject({ kind: 'held' });
  });
});

describe('the sold-out latch and who has units', () => {
  it('calls inventory for customers who got units while the certificate was in flight', async () => {
    shop.questionTrip = { thereMs: 0, backMs: 200 };
    await place(wish('cus_1')); // the certificate shows this moment
    shop.change({ available: { A: 1 } });
    const mine = wish('cus_2');
    expect(await place(mine)).toMatchObject({ kind: 'held', replayed: false });
    await time.runUntil(time.now() + 300);
    await place(wish('cus_3'));
    expect(latched.counts.refused).toBe(1);
    expect(await place(mine)).toMatchObject({ kind: 'held', replayed: true });
  });

  it('calls inventory for ten seconds for customers without an answer, even if a certificate lacks them', async () => {
    shop.trip = { thereMs: 3_000, backMs: 10, lost: true };
    const mine = wish('cus_2');
    await expect(place(mine)).rejects.toThrow('lost');
    shop.trip = { thereMs: 1, backMs: 1 };
    await time.runUntil(2_500);
    await place(wish('cus_1')); // certified before the late command is carried out
    shop.change({ available: { A: 1 } });
    await time.runUntil(3_010);
    expect(shop.state.holds.size).toBe(1);
    expect(await place(mine)).toMatchObject({ kind: 'held', replayed: true });
    expect(await place(wish('cus_3'))).toEqual(SOLD_OUT);
    expect(latched.counts.refused).toBe(1);
  });
});

describe('the sold-out latch and memory', () => {
  const answering = (outcome: PlaceOutcome, shortage: (dropId: string) => Shortage | null) =>
    ({
      placeHold: () => Promise.resolve(outcome),
      shortageOf: (dropId: string) => Promise.resolve(shortage(dropId)),
    }) as unknown as InventoryCalls;
  const certificate = (dropId: string, customers: string[] = []): Shortage => ({
    dropId,
    perCustomerLimit: 4,
    openForMs: null,
    available: [{ sku: 'A', units: 0 }],
    customers,
  });

  it('keeps nothing of drops that sell, or that do not exist', async () => {
    latched = latchBefore(answering({ kind: 'drop-not-found' }, () => null));
    await Promise.all(
      Array.from({ length: 5_000 }, (_, i) => latched.placeHold(wish('cus_1', 'A', { dropId: `d${i}` }))),
    );
    expect(latched.size).toBe(0);
  });

  it('keeps a bounded number of drops', async () => {
    latched = latchBefore(answering(SOLD_OUT, (dropId) => certificate(dropId)));
    for (let i = 0; i < 3 * DROPS_MAX; i += 1)
      await latched.placeHold(wish('cus_1', 'A', { dropId: `d${i}` }));
    expect(latched.size).toBeLessThanOrEqual(DROPS_MAX + 1);
    await time.runUntil(time.now() + LATCH_MS_MAX);
    await latched.placeHold(wish('cus_1', 'A', { dropId: 'dnew' }));
    await new Promise((resolve) => setImmediate(resolve));
    await latched.placeHold(wish('cus_1', 'A', { dropId: 'dnew' }));
    expect(latched.counts.refused).toBe(1);
  });

  it('keeps a bounded number of customers of certificates', async () => {
    const many = Array.from({ length: CUSTOMERS_MAX / 2 }, (_, i) => `cus_${i}`);
    latched = latchBefore(answering(SOLD_OUT, (dropId) => certificate(dropId, many)));
    for (const dropId of ['d1', 'd2', 'd3', 'd1', 'd2', 'd3']) {
      await latched.placeHold(wish('stranger', 'A', { dropId }));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(latched.counts).toMatchObject({ refused: 2, certificates: 2 });
  });

  it('refuses nobody for a while when it cannot note all who may have got units', async () => {
    let outcome: PlaceOutcome = SOLD_OUT;
    const client = answering(SOLD_OUT, (dropId) => certificate(dropId));
    client.placeHold = () => Promise.resolve(outcome);
    latched = latchBefore(client);
    await place(wish('cus_0'));
    await place(wish('cus_1'));
    expect(latched.counts.refused).toBe(1);
    outcome = { kind: 'busy', retryAfterSeconds: 1 };
    const lines = [{ sku: 'B', quantity: 1 }]; // not certified, so it is passed on
    for (let i = 0; i <= NOTED_MAX; i += 1) await latched.placeHold(wish(`cus_${i}`, 'B', { lines }));
    outcome = SOLD_OUT;
    await place(wish('stranger'));
    await place(wish('stranger'));
    expect(latched.counts.refused).toBe(1);
  });

  it('refuses nobody for a while when commands get no answer in very many drops', async () => {
    let outcome: PlaceOutcome = { kind: 'busy', retryAfterSeconds: 1 };
    const client = answering(SOLD_OUT, (dropId) => certificate(dropId));
    client.placeHold = () => Promise.resolve(outcome);
    latched = latchBefore(client);
    for (let i = 0; i < 3 * DROPS_MAX; i += 1)
      await latched.placeHold(wish('cus_1', 'A', { dropId: `d${i}` }));
    expect(latched.size).toBeLessThanOrEqual(2 * DROPS_MAX + 1);
    outcome = SOLD_OUT;
    for (let i = 0; i < 3; i += 1) await place(wish('cus_1', 'A', { dropId: `d${3 * DROPS_MAX - 1}` }));
    expect(latched.counts.refused).toBe(0);
  });
});
