import { type Hold, InvalidCursor, type ListHolds } from '@holdfast/contracts';
import { sql } from '../../apps/inventory/src/adapters/postgres/sql/sql.generated';
import { createLedger, type TestLedger } from '../support/database';
import { insertDrop, onDatabase, type TestDrop } from '../support/drops';
import { newCustomerId, openInventory, placeHold, wordOf, type Inventory } from '../support/inventory';
import { readTruth } from '../support/ledger-truth';

let db: TestLedger;
let inventory: Inventory;

beforeAll(async () => {
  db = await createLedger('lane_holds');
  inventory = openInventory(db.url);
});

afterAll(async () => {
  await inventory.close();
  await db.drop();
});

const dropsOfTest: string[] = [];

async function sellOf(drop: Partial<TestDrop> = {}): Promise<string> {
  const dropId = await insertDrop(db.url, { skus: { A: 10, B: 10 }, ...drop });
  dropsOfTest.push(dropId);
  return dropId;
}

async function held(dropId: string, lines = [{ sku: 'A', quantity: 2 }]): Promise<Hold> {
  const outcome = await placeHold(inventory, dropId, { lines });
  if (outcome.kind !== 'held') throw new Error(`not held: ${wordOf(outcome)}`);
  return outcome.hold;
}

const ref = ({ id, customerId }: Hold) => ({ holdId: id, customerId });
const paying = (hold: Hold, orderId = 'order-1') => ({ ...ref(hold), orderId });

/** Lets the time of a hold be over, the payment window too. */
async function letExpire({ id, dropId }: Hold): Promise<void> {
  await onDatabase(db.url, (client) =>
    client.query(
      `UPDATE inventory.hold SET first_expires_at = first_expires_at - interval '1 day', expires_at = expires_at - interval '1 day'
       WHERE drop_id = $1 AND hold_id = $2`,
      [dropId, id],
    ),
  );
}

async function setHoldsToOneInstant(dropId: string): Promise<void> {
  await onDatabase(db.url, (client) =>
    client.query(`UPDATE inventory.hold SET created_at = '2026-01-01T00:00:00.123456Z' WHERE drop_id = $1`, [
      dropId,
    ]),
  );
}

async function setDrop(dropId: string, columns: string): Promise<void> {
  await onDatabase(db.url, (client) =>
    client.query(`UPDATE inventory.drop SET ${columns} WHERE drop_id = $1`, [dropId]),
  );
}

afterEach(async () => {
  for (const dropId of dropsOfTest.splice(0)) expect((await readTruth(db.url, dropId)).faults).toEqual([]);
});

describe('placing a hold', () => {
  it('fixes prices, total and times', async () => {
    const dropId = await sellOf({ holdTtlSeconds: 120, priceMinor: 1_250 });
    const customerId = newCustomerId();
    const lines = [
      { sku: 'B', quantity: 1 },
      { sku: 'A', quantity: 2 },
    ];
    const outcome = await placeHold(inventory, dropId, { customerId, lines });
    const price = { amountMinor: 1_250, currency: 'EUR' };
    expect(outcome).toMatchObject({
      kind: 'held',
      replayed: false,
      hold: { dropId, customerId, state: 'held', total: { amountMinor: 3_750, currency: 'EUR' } },
    });
    const { hold } = outcome as { hold: Hold };
    expect(hold.lines).toEqual(lines.map((line) => ({ ...line, price })));
    expect(Date.parse(hold.expiresAt) - Date.parse(hold.createdAt)).toBe(120_000);
    expect(await inventory.client.getHold({ holdId: hold.id, customerId })).toEqual(hold);
  });

  it('answers a replay byte for byte, whatever has become of the hold, the price and the drop', async () => {
    const dropId = await sellOf();
    const wish = { customerId: newCustomerId(), key: 'once' };
    const first = await placeHold(inventory, dropId, wish);
    const { hold } = first as { hold: Hold };
    await inventory.client.extendHold(paying(hold));
    await inventory.client.confirmHold(paying(hold));
    await setDrop(dropId, `state = 'closed'`);
    await onDatabase(db.url, (client) =>
      client.query('UPDATE inventory.item SET price_minor = 1 WHERE drop_id = $1', [dropId]),
    );
    const again = await placeHold(inventory, dropId, wish);
    expect(again).toMatchObject({ kind: 'held', replayed: true });
    expect(JSON.stringify((again as { hold: Hold }).hold)).toBe(JSON.stringify(hold));
  });

  it.each([
    ['drop-not-found', 'of a draft', `state = 'draft'`],
    ['drop-not-open', 'while it is paused', `state = 'paused'`],
    ['drop-not-open', 'before its time', `state = 'scheduled', opens_at = now() + interval '1 hour'`],
    ['held', 'from its time on, though nobody wrote that down yet', `state = 'scheduled', opens_at = now()`],
    ['drop-closed', 'after its time', `opens_at = now() - interval '1 hour', closes_at = now()`],
    [
      'drop-closed',
      'of a paused drop after its time',
      `state = 'paused', opens_at = NULL, closes_at = now()`,
    ],
    ['drop-closed', 'when it is closed', `state = 'closed'`],
  ])('is %s %s', async (word, _when, columns) => {
    const dropId = await sellOf();
    await setDrop(dropId, columns);
    expect(wordOf(await placeHold(inventory, dropId))).toBe(word);
  });

  it('is not found for a drop that is not there, however odd its name', async () => {
    for (const dropId of ['dnothere', 'D', 'x\0y', "d' OR 1=1", ''])
      expect(await placeHold(inventory, dropId)).toEqual({ kind: 'drop-not-found' });
  });

  it('leaves nothing behind for drops that somebody made up, neither does a release', async () => {
    const fresh = openInventory(db.url);
    try {
      const learnt = jest.spyOn(fresh.gate, 'place');
      const invented = Array.from({ length: 300 }, (_, n) => `dinvented${n}`);
      const placed = await Promise.all(invented.map((dropId) => placeHold(fresh, dropId)));
      expect(new Set(placed.map(wordOf))).toEqual(new Set(['drop-not-found']));
      const released = await Promise.all(
        invented.map((dropId) =>
          fresh.client.releaseHold({ holdId: `${dropId}-h${'0'.repeat(26)}`, customerId: newCustomerId() }),
        ),
      );
      expect(new Set(released.map(({ kind }) => kind))).toEqual(new Set(['not-found']));
      expect([fresh.lanes.size, learnt.mock.calls.length]).toEqual([0, 0]);
      // A draft is a drop: it becomes one for shoppers at any moment, and its lane says what it is until then.
      expect(wordOf(await placeHold(fresh, await sellOf({ state: 'draft' })))).toBe('drop-not-found');
    } finally {
      await fresh.close();
    }
  });

  it('names the lines whose SKU the drop does not have, before it looks at state, limit or stock', async () => {
    const dropId = await sellOf({ skus: { A: 0 }, state: 'paused' });
    const lines = ['A', 'nope', '"\\{,}', 'NULL', 'x\0y'].map((sku) => ({ sku, quantity: 100 }));
    expect(await placeHold(inventory, dropId, { lines })).toEqual({
      kind: 'unknown-sku',
      lineIndexes: [1, 2, 3, 4],
    });
  });

  it('keeps the order of refusals: limit before sold out', async () => {
    const dropId = await sellOf({ skus: { A: 1 } });
    expect(wordOf(await placeHold(inventory, dropId, { lines: [{ sku: 'A', quantity: 5 }] }))).toBe(
      'limit-reached',
    );
    expect(wordOf(await placeHold(inventory, dropId, { lines: [{ sku: 'A', quantity: 2 }] }))).toBe(
      'sold-out',
    );
  });

  it('lists every short line of a basket', async () => {
    const dropId = await sellOf({ skus: { A: 0, B: 5, C: 1 } });
    const lines = ['A', 'B', 'C'].map((sku) => ({ sku, quantity: sku === 'C' ? 2 : 1 }));
    expect(await placeHold(inventory, dropId, { lines })).toMatchObject({
      reason: 'sold-out',
      shortLines: [0, 2],
    });
  });

  it('takes SKUs and customers whose names are made of the letters of array literals', async () => {
    const sku = `{"a",\\b} NULL 'c' "`;
    const dropId = await sellOf({ skus: { [sku]: 2, NULL: 2 } });
    const lines = [sku, 'NULL'].map((name) => ({ sku: name, quantity: 1 }));
    const outcome = await placeHold(inventory, dropId, { customerId: 'cus_"{,}\\', lines });
    expect(outcome).toMatchObject({ kind: 'held', hold: { lines: [{ sku }, { sku: 'NULL' }] } });
  });
});

describe('a hold that is paid', () => {
  it('lives for the payment window beyond its time, and for one order only', async () => {
    const hold = await held(await sellOf());
    const extended = await inventory.client.extendHold(paying(hold));
    expect(extended).toMatchObject({ kind: 'extended', hold: { state: 'held', lines: hold.lines } });
    expect(Date.parse((extended as { hold: Hold }).hold.expiresAt) - Date.parse(hold.expiresAt)).toBe(60_000);
    expect(await inventory.client.extendHold(paying(hold))).toEqual(extended);
    expect(await inventory.client.extendHold(paying(hold, 'order-2'))).toEqual({ kind: 'payment-in-flight' });
    expect(await inventory.client.releaseHold(ref(hold))).toEqual({ kind: 'payment-in-flight' });
    expect(await inventory.client.confirmHold(paying(hold, 'order-2'))).toEqual({ kind: 'not-active' });
    expect(await inventory.client.confirmHold(paying(hold))).toEqual({ kind: 'confirmed' });
    expect(await inventory.client.confirmHold(paying(hold))).toEqual({ kind: 'confirmed' });
    expect(await inventory.client.releaseHold(ref(hold))).toEqual({ kind: 'confirmed' });
    expect(await inventory.client.extendHold(paying(hold))).toEqual({ kind: 'not-active' });
    expect(await inventory.client.getHold(ref(hold))).toMatchObject({ state: 'confirmed' });
  });

  it('goes back to its owner with its first time when the payment came to nothing', async () => {
    const hold = await held(await sellOf());
    await inventory.client.extendHold(paying(hold));
    expect(await inventory.client.yieldHold(paying(hold, 'order-2'))).toEqual({ kind: 'not-active' });
    expect(await inventory.client.yieldHold(paying(hold))).toEqual({ kind: 'yielded' });
    expect(await inventory.client.yieldHold(paying(hold))).toEqual({ kind: 'yielded' });
    expect(await inventory.client.getHold(ref(hold))).toEqual(hold);
    expect(await inventory.client.extendHold(paying(hold, 'order-2'))).toMatchObject({ kind: 'extended' });
  });

  it('is given back by its own order although the payment was in flight', async () => {
    const dropId = await sellOf();
    const hold = await held(dropId);
    await inventory.client.extendHold(paying(hold));
    expect(await inventory.client.releaseForOrder(paying(hold, 'order-2'))).toEqual({
      kind: 'payment-in-flight',
    });
    expect(await inventory.client.releaseForOrder(paying(hold))).toEqual({ kind: 'released' });
    expect(await inventory.client.releaseForOrder(paying(hold))).toEqual({ kind: 'released' });
    expect((await readTruth(db.url, dropId)).stock['A']).toMatchObject({ available: 10, held: 0 });
  });

  it('cannot be paid, extended or yielded when its time is over, swept or not', async () => {
    const hold = await held(await sellOf());
    await letExpire(hold);
    for (const _ of ['not swept', 'swept']) {
      expect(await inventory.client.getHold(ref(hold))).toMatchObject({ state: 'expired' });
      expect(await inventory.client.confirmHold(paying(hold))).toEqual({ kind: 'expired' });
      expect(await inventory.client.extendHold(paying(hold))).toEqual({ kind: 'expired' });
      expect(await inventory.client.yieldHold(paying(hold))).toEqual({ kind: 'not-active' });
      await inventory.sweeper.sweep();
    }
    expect(await inventory.client.releaseHold(ref(hold))).toEqual({ kind: 'released' });
  });

  it('is not found by anybody but its owner', async () => {
    const hold = await held(await sellOf());
    const foreign = { ...paying(hold), customerId: newCustomerId() };
    for (const refused of [
      inventory.client.confirmHold(foreign),
      inventory.client.extendHold(foreign),
      inventory.client.yieldHold(foreign),
      inventory.client.releaseHold(foreign),
      inventory.client.releaseForOrder(foreign),
      inventory.client.retakeHold(foreign),
      inventory.client.returnHold(foreign),
      inventory.client.releaseHold({ ...ref(hold), holdId: 'no id at all' }),
    ])
      expect(await refused).toEqual({ kind: 'not-found' });
    expect(await inventory.client.getHold(foreign)).toBeNull();
    expect(await inventory.client.getHold(ref(hold))).toEqual(hold);
  });
});

describe('money that comes after the end of a hold', () => {
  it('takes the same units again, once, and counts them in the limit', async () => {
    const dropId = await sellOf();
    const hold = await held(dropId);
    await letExpire(hold);
    expect(await inventory.client.retakeHold(paying(hold))).toEqual({ kind: 'confirmed' });
    expect(await inventory.client.retakeHold(paying(hold))).toEqual({ kind: 'confirmed' });
    const { stock, holds } = await readTruth(db.url, dropId);
    expect(stock['A']).toMatchObject({ available: 8, held: 0, sold: 2 });
    expect(holds).toEqual({ expired: 1, confirmed: 1 });
    const more = { customerId: hold.customerId, lines: [{ sku: 'A', quantity: 3 }] };
    expect(wordOf(await placeHold(inventory, dropId, more))).toBe('limit-reached');
  });

  it('confirms the hold itself when it is alive after all', async () => {
    const dropId = await sellOf();
    const hold = await held(dropId);
    await inventory.client.extendHold(paying(hold));
    expect(await inventory.client.retakeHold(paying(hold))).toEqual({ kind: 'confirmed' });
    expect((await readTruth(db.url, dropId)).holds).toEqual({ confirmed: 1 });
  });

  it('is short when the units are gone, the limit is used up, or another order has bought them', async () => {
    const gone = await held(await sellOf({ skus: { A: 2 } }));
    await inventory.client.releaseHold(ref(gone));
    expect(wordOf(await placeHold(inventory, gone.dropId))).toBe('held');
    expect(await inventory.client.retakeHold(paying(gone))).toEqual({ kind: 'short' });

    const limited = await held(await sellOf());
    await inventory.client.releaseHold(ref(limited));
    const again = { customerId: limited.customerId, lines: [{ sku: 'B', quantity: 3 }] };
    expect(wordOf(await placeHold(inventory, limited.dropId, again))).toBe('held');
    expect(await inventory.client.retakeHold(paying(limited))).toEqual({ kind: 'short' });

    const bought = await held(await sellOf());
    await inventory.client.confirmHold(paying(bought));
    expect(await inventory.client.retakeHold(paying(bought, 'order-2'))).toEqual({ kind: 'short' });
  });
});

describe('units whose money never comes after they were sold', () => {
  const counts = async (dropId: string) => (await readTruth(db.url, dropId)).stock['A'];

  it('go back on offer once, however many ask for it, and out of the limit', async () => {
    const dropId = await sellOf();
    const hold = await held(dropId);
    await inventory.client.confirmHold(paying(hold));
    expect(await counts(dropId)).toMatchObject({ available: 8, sold: 2 });
    const asked = Array.from({ length: 10 }, () => inventory.client.returnHold(paying(hold)));
    for (const outcome of await Promise.all(asked)) expect(outcome).toEqual({ kind: 'returned' });
    expect(await counts(dropId)).toMatchObject({ available: 10, held: 0, sold: 0 });
    expect(await inventory.client.getHold(ref(hold))).toMatchObject({ state: 'confirmed' });
    const all = { customerId: hold.customerId, lines: [{ sku: 'A', quantity: 4 }] };
    expect(wordOf(await placeHold(inventory, dropId, all))).toBe('held');
  });

  it('are those of the hold that was taken again, too', async () => {
    const dropId = await sellOf();
    const hold = await held(dropId);
    await letExpire(hold);
    await inventory.client.retakeHold(paying(hold));
    expect(await inventory.client.returnHold(paying(hold))).toEqual({ kind: 'returned' });
    expect(await counts(dropId)).toMatchObject({ available: 10, held: 0, sold: 0 });
  });

  it('are none while the hold is not sold, or sold to another order', async () => {
    const dropId = await sellOf();
    const hold = await held(dropId);
    expect(await inventory.client.returnHold(paying(hold))).toEqual({ kind: 'not-found' });
    await inventory.client.confirmHold(paying(hold));
    expect(await inventory.client.returnHold(paying(hold, 'order-2'))).toEqual({ kind: 'not-found' });
    expect(await counts(dropId)).toMatchObject({ available: 8, sold: 2 });
  });
});

describe("the list of a customer's live holds", () => {
  const list = (customerId: string, more: Partial<ListHolds> = {}) =>
    inventory.client.listHolds({ customerId, limit: 50, ...more });
  const idsOf = async (...query: Parameters<typeof list>) =>
    (await list(...query)).items.map(({ id }) => id).sort();

  it('has their own as soon as they are placed, in all drops or in one, and nobody else sees them', async () => {
    const drops = await Promise.all([sellOf(), sellOf()]);
    const customerId = newCustomerId();
    const mine: Hold[] = [];
    for (const dropId of drops) {
      const outcome = await placeHold(inventory, dropId, { customerId });
      if (outcome.kind === 'held') mine.push(outcome.hold);
      await placeHold(inventory, dropId);
      expect((await list(customerId)).items).toEqual([...mine].reverse());
    }
    expect((await list(customerId, { dropId: drops[0] })).items).toEqual([mine[0]]);
    expect((await list(customerId, { dropId: 'dnotmine' })).items).toEqual([]);
    expect((await list(newCustomerId())).items).toEqual([]);
  });

  it('leaves out what has ended, and what is over although nobody has swept it', async () => {
    const dropId = await sellOf();
    const customerId = newCustomerId();
    const holds: Hold[] = [];
    for (let i = 0; i < 4; i += 1) {
      const outcome = await placeHold(inventory, dropId, { customerId });
      if (outcome.kind === 'held') holds.push(outcome.hold);
    }
    const [released, confirmed, over, live] = holds as [Hold, Hold, Hold, Hold];
    await inventory.client.releaseHold(ref(released));
    await inventory.client.confirmHold(paying(confirmed));
    await letExpire(over);
    expect(await idsOf(customerId)).toEqual([live.id]);
    await inventory.client.extendHold(paying(live)); // a payment in flight: it is held for all that
    expect(await idsOf(customerId)).toEqual([live.id]);
  });

  it('goes on page by page, each hold once, and refuses a cursor that is not of it', async () => {
    const dropId = await sellOf({ skus: { A: 10 }, perCustomerLimit: 10 });
    const customerId = newCustomerId();
    await Promise.all(Array.from({ length: 7 }, () => placeHold(inventory, dropId, { customerId })));
    await setHoldsToOneInstant(dropId);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await list(customerId, { limit: 3, ...(cursor ? { cursor } : {}) });
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect([seen.length, [...seen].sort()]).toEqual([7, await idsOf(customerId)]);
    await expect(list(customerId, { cursor: 'bm8' })).rejects.toThrow(InvalidCursor);
  });

  it('is found by the index of live holds, however many others there are', async () => {
    const customerId = newCustomerId();
    const plan = await onDatabase(db.url, async (client) => {
      await client.query('SET plan_cache_mode = force_generic_plan');
      await client.query(`PREPARE list (text, text, bigint, text, int) AS ${sql.listLiveHolds.text}`);
      return client.query<{ 'QUERY PLAN': string }>(
        `EXPLAIN EXECUTE list ('${customerId}', NULL, NULL, NULL, 51)`,
      );
    });
    expect(plan.rows.map((row) => row['QUERY PLAN']).join('\n')).toContain('hold_customer');
  });
});

describe('the sweeper', () => {
  it('gives back all units of all drops whose holds are over, and nothing else, however many sweepers there are', async () => {
    const second = openInventory(db.url);
    const over = await Promise.all([sellOf({ skus: { A: 1_100 } }), sellOf()]);
    const living = await held(over[1]);
    await Promise.all(Array.from({ length: 1_100 }, () => placeHold(inventory, over[0])));
    const due = await held(over[1], [{ sku: 'B', quantity: 1 }]);
    await letExpire(due);
    await onDatabase(db.url, (client) =>
      client.query(`UPDATE inventory.hold SET expires_at = now() WHERE drop_id = $1`, [over[0]]),
    );
    const counts = await Promise.all([
      inventory.sweeper.sweep(),
      second.sweeper.sweep(),
      second.sweeper.sweep(),
    ]);
    await second.close();
    expect(counts.reduce((sum, n) => sum + n, 0)).toBeGreaterThanOrEqual(1_101);
    expect((await readTruth(db.url, over[0])).stock['A']).toMatchObject({ available: 1_100, held: 0 });
    expect((await readTruth(db.url, over[1])).holds).toEqual({ held: 1, expired: 1 });
    expect(await inventory.client.getHold(ref(living))).toMatchObject({ state: 'held' });
    expect(await inventory.ledger.dueDrops(10)).toEqual([]);
  });
});
