import { type AdjustStockOutcome, type Hold, InvalidCursor, type ListDropHolds } from '@holdfast/contracts';
import { ROLES } from '@holdfast/postgres';
import { sql } from '../../apps/inventory/src/adapters/postgres/merchants/sql/sql.generated';
import { countWords, newCustomerId, openInventory, placeHold, type Inventory } from '../support/inventory';
import { createLedger, type TestLedger } from '../support/database';
import { insertDrop, onDatabase, type TestDrop } from '../support/drops';
import { readStock, readTruth } from '../support/ledger-truth';
import { BY, merchantCommand } from '../support/merchant-command';

// A hundred commands that run alone take a busy machine longer than the usual deadline.
const PATIENT = { settings: { deadlineMs: 30_000 } };

let db: TestLedger;
let one: Inventory;
let other: Inventory;

beforeAll(async () => {
  db = await createLedger('merchant_stock');
  // Two owners of each lane, as two instances of the cluster may be.
  one = openInventory(db.url, PATIENT);
  other = openInventory(db.url, PATIENT);
});

afterAll(async () => {
  await one.close();
  await other.close();
  await db.drop();
});

const dropsOfTest: string[] = [];
async function sellOf(drop: Partial<TestDrop> = {}): Promise<string> {
  const dropId = await insertDrop(db.url, { skus: { A: 10 }, ...drop });
  dropsOfTest.push(dropId);
  return dropId;
}
afterEach(async () => {
  for (const dropId of dropsOfTest.splice(0)) expect((await readTruth(db.url, dropId)).faults).toEqual([]);
});

async function held(dropId: string, quantity = 1, customerId = newCustomerId()): Promise<Hold> {
  const outcome = await placeHold(one, dropId, { customerId, lines: [{ sku: 'A', quantity }] });
  if (outcome.kind !== 'held') throw new Error(outcome.kind);
  return outcome.hold;
}

const adjust = (dropId: string, delta: number, more: object = {}, by: Inventory = one) =>
  by.client.adjustStock({ ...merchantCommand(), dropId, sku: 'A', delta, reason: 'recount', ...more });

const release = ({ id }: Hold, more: object = {}) =>
  one.client.releaseByMerchant({ ...merchantCommand(), holdId: id, reason: 'a bot', ...more });

async function facts(dropId: string) {
  const { rows } = await onDatabase(db.url, (client) =>
    client.query<{ merchant_id: string; action: string; actor: object; target: object; change: object }>(
      `SELECT * FROM inventory.audit_outbox WHERE change->>'dropId' = $1 ORDER BY fact_id`,
      [dropId],
    ),
  );
  return rows;
}

const setDrop = (dropId: string, columns: string) =>
  onDatabase(db.url, (client) =>
    client.query(`UPDATE inventory.drop SET ${columns} WHERE drop_id = $1`, [dropId]),
  );

const letExpire = ({ id, dropId }: Hold) =>
  onDatabase(db.url, (client) =>
    client.query(
      `UPDATE inventory.hold SET first_expires_at = first_expires_at - interval '1 day', expires_at = expires_at - interval '1 day'
       WHERE drop_id = $1 AND hold_id = $2`,
      [dropId, id],
    ),
  );

const words = (outcomes: AdjustStockOutcome[]) =>
  countWords(outcomes.map((it) => (it.kind === 'adjusted' && it.replayed ? 'replayed' : it.kind)));

describe('a stock adjustment', () => {
  it('is one movement for a hundred requests with one key at once, with one answer and one fact', async () => {
    const dropId = await sellOf();
    const same = merchantCommand();
    const outcomes = await Promise.all(
      Array.from({ length: 100 }, (_, n) => adjust(dropId, 5, same, n % 2 ? one : other)),
    );
    expect(words(outcomes)).toEqual({ adjusted: 1, replayed: 99 });
    const answers = outcomes.map((it) => it.kind === 'adjusted' && JSON.stringify(it.adjustment));
    expect(new Set(answers).size).toBe(1);
    expect((await readStock(db.url, dropId))['A']).toMatchObject({ total: 15, available: 15 });
    const [outcome] = outcomes;
    if (outcome?.kind !== 'adjusted') throw new Error('not adjusted');
    const { id } = outcome.adjustment;
    expect(outcome.adjustment).toMatchObject({ sku: 'A', delta: 5, reason: 'recount', actor: BY.actor });
    expect(outcome.adjustment.stock).toMatchObject({
      total: 15,
      available: 15,
      held: 0,
      sold: 0,
      version: 2,
    });
    expect(await facts(dropId)).toMatchObject([
      {
        merchant_id: 'mer_test',
        action: 'stock.adjusted',
        actor: BY.actor,
        target: { kind: 'stock-adjustment', id },
        change: { dropId, sku: 'A', delta: 5, reason: 'recount', total: 15 },
      },
    ]);
  });

  it('gives the same answer after other changes, and refuses the key for another body', async () => {
    const dropId = await sellOf();
    const same = merchantCommand();
    const first = await adjust(dropId, 5, same);
    await adjust(dropId, 7);
    await held(dropId, 2);
    expect(await adjust(dropId, 5, same)).toEqual({ ...first, replayed: true });
    const { request } = same;
    expect(await adjust(dropId, 6, { ...same, request: { ...request, fingerprint: 'g' } })).toEqual({
      kind: 'key-reused',
    });
    await setDrop(dropId, `state = 'closed'`);
    expect(await adjust(dropId, 5, same)).toMatchObject({ kind: 'adjusted', replayed: true });
  });

  it('never goes below what is held and sold, however many are made at once', async () => {
    const dropId = await sellOf();
    await Promise.all([held(dropId, 3), held(dropId, 1)]);
    const outcomes = await Promise.all(
      Array.from({ length: 40 }, (_, n) => adjust(dropId, -1, {}, n % 2 ? one : other)),
    );
    expect(words(outcomes)).toEqual({ adjusted: 6, 'below-committed': 34 });
    expect((await readStock(db.url, dropId))['A']).toMatchObject({ total: 4, available: 0, held: 4 });
    expect(await facts(dropId)).toHaveLength(6);
  });

  it('is refused for another merchant, an unknown SKU, too many units and a closed drop, and leaves nothing', async () => {
    const dropId = await sellOf();
    expect(await adjust(dropId, 1, merchantCommand('mer_other'))).toEqual({ kind: 'not-found' });
    expect(await adjust('d0000000', 1)).toEqual({ kind: 'not-found' });
    expect(await adjust(dropId, 1, { sku: 'B' })).toEqual({ kind: 'unknown-sku' });
    expect(await adjust(dropId, 100_000_000 - 9)).toEqual({ kind: 'too-many-units' });
    expect(await adjust(dropId, Number.MAX_SAFE_INTEGER)).toEqual({ kind: 'too-many-units' });
    expect(await adjust(dropId, Number.MIN_SAFE_INTEGER)).toEqual({ kind: 'below-committed' });
    await setDrop(
      dropId,
      `closes_at = clock_timestamp() - interval '1 s', opens_at = NULL, state = 'paused'`,
    );
    expect(await adjust(dropId, 1)).toEqual({ kind: 'drop-closed' });
    for (const state of ['draft', 'scheduled', 'paused', 'open']) {
      await setDrop(
        dropId,
        `closes_at = NULL, opens_at = clock_timestamp() + interval '1 h', state = '${state}'`,
      );
      expect(await adjust(dropId, 1)).toMatchObject({ kind: 'adjusted' });
    }
    expect(await facts(dropId)).toHaveLength(4);
  });

  it('is listed oldest first, each once, for the merchant of the drop; movements of before name the operator', async () => {
    const dropId = await sellOf();
    await onDatabase(db.url, (client) =>
      client.query(
        `INSERT INTO inventory.movement (drop_id, movement_id, sku, delta, reason, actor, created_at)
         VALUES ($1, 'old', 'A', 0, 'recount', 'operator', now() - interval '1 day')`,
        [dropId],
      ),
    );
    for (let delta = 1; delta <= 7; delta += 1) await adjust(dropId, delta);
    const deltas: number[] = [];
    let cursor: string | undefined;
    do {
      const query = { merchantId: 'mer_test', dropId, limit: 4, cursor };
      const page = (await one.client.listAdjustments(query))!;
      deltas.push(...page.items.map(({ delta }) => delta));
      if (!cursor)
        expect(page.items[0]).toMatchObject({ actor: { kind: 'operator', id: 'cli' }, stock: null });
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(deltas).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(await one.client.listAdjustments({ merchantId: 'mer_other', dropId, limit: 4 })).toBeNull();
    const odd = { merchantId: 'mer_test', dropId, limit: 4, cursor: 'bm8' };
    await expect(one.client.listAdjustments(odd)).rejects.toThrow(InvalidCursor);
  });
});

describe("the release of a shopper's hold by staff", () => {
  it('ends it once for a hundred at once, with one fact, and gives the units back', async () => {
    const dropId = await sellOf();
    const hold = await held(dropId, 3);
    const outcomes = await Promise.all(Array.from({ length: 100 }, () => release(hold)));
    for (const outcome of outcomes)
      expect(outcome).toEqual({ kind: 'released', hold: { ...hold, state: 'released' }, replayed: false });
    expect((await readStock(db.url, dropId))['A']).toMatchObject({ available: 10, held: 0 });
    const lines = [{ sku: 'A', quantity: 3 }];
    expect(await facts(dropId)).toMatchObject([
      {
        action: 'hold.released',
        actor: BY.actor,
        target: { kind: 'hold', id: hold.id },
        change: { reason: 'a bot', customerId: hold.customerId, lines },
      },
    ]);
  });

  it('answers the same key again, and refuses it for another body', async () => {
    const dropId = await sellOf();
    const [hold, same] = [await held(dropId), merchantCommand()];
    const first = await release(hold, same);
    expect(await release(hold, same)).toEqual({ ...first, replayed: true });
    const request = { ...same.request, fingerprint: 'g' };
    expect(await release(hold, { ...same, request })).toEqual({ kind: 'key-reused' });
  });

  it('answers with what had ended by itself or by the shopper, which is no fact of staff', async () => {
    const dropId = await sellOf();
    const [over, given] = [await held(dropId), await held(dropId)];
    await letExpire(over);
    await one.client.releaseHold({ holdId: given.id, customerId: given.customerId });
    expect(await release(over)).toMatchObject({ kind: 'released', hold: { state: 'expired' } });
    expect(await release(given)).toMatchObject({ kind: 'released', hold: { state: 'released' } });
    expect(await facts(dropId)).toEqual([]);
  });

  it('is refused for what is paid or being paid, and a refusal keeps the key free', async () => {
    const dropId = await sellOf();
    const [paid, paying] = [await held(dropId), await held(dropId)];
    const order = ({ id, customerId }: Hold) => ({ holdId: id, customerId, orderId: 'order-1' });
    await one.client.confirmHold(order(paid));
    await one.client.extendHold(order(paying));
    expect(await release(paid)).toEqual({ kind: 'confirmed' });
    const same = merchantCommand();
    expect(await release(paying, same)).toEqual({ kind: 'payment-in-flight' });
    await one.client.yieldHold(order(paying));
    expect(await release(paying, same)).toMatchObject({ kind: 'released', replayed: false });
  });

  it('does not exist for another merchant', async () => {
    const hold = await held(await sellOf());
    expect(await release(hold, merchantCommand('mer_other'))).toEqual({ kind: 'not-found' });
    expect(await release({ ...hold, id: `${hold.dropId}-h${'0'.repeat(26)}` })).toEqual({
      kind: 'not-found',
    });
    expect(await one.client.getHold({ holdId: hold.id, customerId: hold.customerId })).toEqual(hold);
  });
});

describe("the list of a drop's holds", () => {
  const list = (dropId: string, more: Partial<ListDropHolds> = {}) =>
    one.client.listDropHolds({ merchantId: 'mer_test', dropId, limit: 200, ...more });
  const idsOf = async (...query: Parameters<typeof list>) =>
    (await list(...query))!.items.map(({ id }) => id);

  it('has each hold once over all pages, by state and by customer, for the merchant only', async () => {
    const dropId = await sellOf({ skus: { A: 100 } });
    const customerId = newCustomerId();
    const holds = await Promise.all(Array.from({ length: 9 }, () => held(dropId)));
    const mine = await held(dropId, 1, customerId);
    const [released, over, paid] = holds as [Hold, Hold, Hold];
    await release(released);
    await letExpire(over);
    await one.client.confirmHold({ holdId: paid.id, customerId: paid.customerId, orderId: 'order-1' });
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = (await list(dropId, { limit: 4, ...(cursor ? { cursor } : {}) }))!;
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(seen).toEqual([...holds, mine].map(({ id }) => id).sort());
    expect(await idsOf(dropId, { state: 'released' })).toEqual([released.id]);
    // Nobody has swept it.
    expect((await list(dropId, { state: 'expired' }))!.items).toMatchObject([
      { id: over.id, state: 'expired' },
    ]);
    expect(await idsOf(dropId, { state: 'confirmed' })).toEqual([paid.id]);
    expect(await idsOf(dropId, { state: 'held' })).toHaveLength(7);
    expect(await idsOf(dropId, { customerId })).toEqual([mine.id]);
    expect(await idsOf(dropId, { customerId: over.customerId, state: 'expired' })).toEqual([over.id]);
    expect(await idsOf(dropId, { customerId: over.customerId, state: 'held' })).toEqual([]);
    expect(await idsOf(dropId, { customerId: paid.customerId })).toEqual([paid.id]);
    expect(await list(dropId, { merchantId: 'mer_other' })).toBeNull();
    const elsewhere = Buffer.from(`d0000000-h${'0'.repeat(26)}`).toString('base64url');
    await expect(list(dropId, { cursor: elsewhere })).rejects.toThrow(InvalidCursor);
  });

  it('of one customer are all of theirs in this drop, live and ended, page by page', async () => {
    const [dropId, elsewhere] = [await sellOf({ skus: { A: 100 }, perCustomerLimit: 50 }), await sellOf()];
    const customerId = newCustomerId();
    const mine = await Promise.all(Array.from({ length: 9 }, () => held(dropId, 1, customerId)));
    await Promise.all([held(elsewhere, 1, customerId), held(dropId), held(dropId)]);
    for (const hold of mine.slice(0, 4)) await release(hold);
    await letExpire(mine[4]!);
    const seen: Hold[] = [];
    let cursor: string | undefined;
    do {
      const page = (await list(dropId, { customerId, limit: 2, ...(cursor ? { cursor } : {}) }))!;
      seen.push(...page.items);
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    const states = new Map(mine.map(({ id }, n) => [id, n < 4 ? 'released' : n === 4 ? 'expired' : 'held']));
    expect(seen.map(({ id, state }) => [id, state])).toEqual([...states].sort());
  });

  it('of one customer are found by index, also in the role of merchants', async () => {
    const dropId = await insertDrop(db.url, { skus: { A: 1 } });
    const plan = await onDatabase(db.url, async (client) => {
      await client.query(
        `INSERT INTO inventory.hold (drop_id, hold_id, customer_id, state, fingerprint, skus, quantities, prices_minor, currency, units,
           created_at, first_expires_at, expires_at, ended_at)
         SELECT $1, $1 || '-h' || n, 'cus_' || n, 'released', 'f', '{A}', '{1}', '{1}', 'EUR', 1, now(), now(), now(), now()
         FROM generate_series(1, 20000) n`,
        [dropId],
      );
      await client.query('ANALYZE inventory.hold');
      await client.query(`SET ROLE ${ROLES.inventoryMerchant}; SET inventory.merchant_id = 'mer_test'`);
      await client.query('SET plan_cache_mode = force_generic_plan');
      await client.query(`PREPARE list (text, text, text, text, text, int) AS ${sql.listCustomerHolds.text}`);
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(
        `EXPLAIN (ANALYZE, BUFFERS) EXECUTE list ('${dropId}', 'mer_test', NULL, 'cus_77', '', 51)`,
      );
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    });
    expect(plan).toContain('hold_ended_of_customer');
    expect(plan).toContain('hold_customer');
    expect(plan).not.toContain('Seq Scan on hold');
    expect(Number(/Buffers: shared hit=(\d+)/.exec(plan)![1])).toBeLessThan(100);
  });
});
