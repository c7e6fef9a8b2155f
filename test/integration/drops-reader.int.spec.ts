import fc from 'fast-check';
import { InvalidCursor, type NewDrop, ServiceUnavailable } from '@holdfast/contracts';
import { openPool, ROLES } from '@holdfast/postgres';
import type { Pool } from 'pg';
import { LedgerDropUpkeep } from '../../apps/inventory/src/adapters/postgres/drops/ledger-drop-upkeep';
import { MerchantDrops } from '../support/merchant-drops';
import { NoGate } from '../../apps/inventory/src/adapters/memory/no-gate';
import { LedgerDropRecords } from '../../apps/inventory/src/adapters/postgres/drops/ledger-drop-records';
import { DropReader } from '../../apps/inventory/src/application/drop-reader';
import { FOUND_CURSORS, oddCursors } from '../support/odd-cursors';
import { createLedger, type TestLedger } from '../support/database';

const aDrop = (name: string, opensAt: NewDrop['opensAt']): NewDrop => ({
  name,
  description: '',
  imageUrl: null,
  opensAt,
  closesAt: null,
  perCustomerLimit: 4,
  holdTtlSeconds: 300,
  items: [{ sku: 'A', name: 'A', imageUrl: null, priceMinor: 1, currency: 'EUR', units: 1 }],
});

const readerOf = (pool: Pool) =>
  new DropReader(new LedgerDropRecords(pool), new LedgerDropUpkeep(pool), new NoGate());

describe('what shoppers read of drops', () => {
  let ledger: TestLedger;
  let pool: Pool;
  let reader: DropReader;
  const ids: string[] = [];
  let draftId: string;

  beforeAll(async () => {
    ledger = await createLedger('drops_reader');
    pool = openPool({ url: ledger.url, role: ROLES.inventory, max: 4, name: 'test' });
    const catalogue = new MerchantDrops(pool);
    reader = readerOf(pool);
    for (let i = 0; i < 7; i += 1) ids.unshift((await catalogue.create(aDrop(`drop ${i}`, 'now'))).drop.id);
    draftId = (await catalogue.create(aDrop('draft', null))).drop.id;
    ids.unshift((await catalogue.create(aDrop('later', '2100-01-01T00:00:00Z'))).drop.id);
    await catalogue.act(ids[3]!, 'close');
  });
  afterAll(async () => {
    await pool.end();
    await ledger.drop();
  });

  it('lists drops newest first, page by page, each once, without drafts', async () => {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await reader.listDrops({ limit: 3, ...(cursor ? { cursor } : {}) });
      expect(page.items.length).toBeLessThanOrEqual(3);
      seen.push(...page.items.map((drop) => drop.id));
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(seen).toEqual(ids);
  });

  it('gives no further page when the last one is just full', async () => {
    expect((await reader.listDrops({ limit: ids.length })).nextCursor).toBeNull();
  });

  it('tells drops made in the same instant apart', async () => {
    await pool.query(
      `UPDATE inventory.drop SET created_at = '2026-01-01T00:00:00.123456Z', revision = revision + 1`,
    );
    const first = await reader.listDrops({ limit: 4 });
    const second = await reader.listDrops({ limit: 200, cursor: first.nextCursor! });
    expect([...first.items, ...second.items].map((drop) => drop.id)).toEqual([...ids].sort());
  });

  it('filters by the state that a drop has by the clock, not by the stored word', async () => {
    const states = async (state: 'open' | 'scheduled' | 'closed' | 'draft') =>
      (await reader.listDrops({ state, limit: 50 })).items.map((drop) => drop.id);
    expect(await states('scheduled')).toEqual([ids[0]]);
    expect(await states('closed')).toEqual([ids[3]]);
    expect(await states('draft')).toEqual([]);
    await pool.query(`UPDATE inventory.drop SET opens_at = '2026-01-01Z' WHERE drop_id = $1`, [ids[0]]);
    expect(await states('scheduled')).toEqual([]);
    expect(await states('open')).toContain(ids[0]);
  });

  it('shows a drop, but neither a draft nor an unknown one', async () => {
    expect(await reader.getDrop(ids[1]!)).toMatchObject({ id: ids[1], state: 'open', items: [{ sku: 'A' }] });
    expect(await reader.getDrop(draftId)).toBeNull();
    expect(await reader.getDrop('d\0rop')).toBeNull();
    expect(await reader.getDrop("'; DROP TABLE inventory.drop")).toBeNull();
  });

  it('refuses a cursor that it did not give out', async () => {
    await expect(reader.listDrops({ limit: 5, cursor: 'garbage' })).rejects.toThrow(InvalidCursor);
  });

  it('answers any text as a cursor with a page, or says that it is none', async () => {
    const read = async (cursor: string) => {
      try {
        await reader.listDrops({ limit: 1, cursor });
      } catch (error) {
        if (!(error instanceof InvalidCursor)) throw error;
      }
    };
    for (const cursor of FOUND_CURSORS) await read(cursor);
    await fc.assert(fc.asyncProperty(oddCursors, read), { numRuns: 300 });
  });

  it('says that the service is unavailable when the ledger is away', async () => {
    const url = new URL(ledger.url);
    url.port = '1';
    const away = openPool({ url: url.toString(), role: ROLES.inventory, max: 1, name: 'test' });
    const lost = readerOf(away);
    await expect(lost.getDrop(ids[0]!)).rejects.toThrow(ServiceUnavailable);
    await expect(lost.listDrops({ limit: 5 })).rejects.toThrow(ServiceUnavailable);
    await away.end();
  });

  it('lists the first items of a drop with the number and the prices of all, and every item of the drop itself', async () => {
    const items = Array.from({ length: 60 }, (_, n) => ({
      ...aDrop('', null).items[0]!,
      sku: `S-${60 - n}`,
      priceMinor: 500 + ((n * 7) % 60),
    }));
    const { drop } = await new MerchantDrops(pool).create({ ...aDrop('many SKUs', 'now'), items });
    const [listed, other] = (await reader.listDrops({ limit: 2 })).items;
    expect(listed!.id).toBe(drop.id);
    const whole = (await reader.getDrop(drop.id))!;
    expect(whole.items.map(({ sku }) => sku)).toEqual(items.map(({ sku }) => sku));
    expect(listed).toEqual({
      ...whole,
      items: whole.items.slice(0, 24),
      itemCount: 60,
      shownTotals: { band: null, version: 0, at: null },
      priceRange: {
        lowest: { amountMinor: 500, currency: 'EUR' },
        highest: { amountMinor: 559, currency: 'EUR' },
      },
    });
    expect(other).toMatchObject({ itemCount: 1, items: [{ sku: 'A' }] });
  });

  it('counts the items of a drop once for each of its revisions, whoever lists it', async () => {
    const asked: string[] = [];
    const counting = {
      query: (statement: { name: string; text: string }) => (
        asked.push(statement.name),
        pool.query(statement)
      ),
    } as unknown as Pool;
    const lists = readerOf(counting);
    const counted = () => asked.splice(0).filter((name) => name === 'find-item-figures').length;
    const catalogue = new MerchantDrops(pool);
    const { drop } = await catalogue.create(aDrop('counted', 'now'));
    const first = await lists.listDrops({ limit: 3 });
    expect(counted()).toBe(1);
    expect(await lists.listDrops({ limit: 3 })).toEqual(first);
    expect(counted()).toBe(0);
    await catalogue.act(drop.id, 'pause');
    expect((await lists.listDrops({ limit: 1 })).items).toEqual([
      expect.objectContaining({ id: drop.id, state: 'paused', itemCount: 1 }),
    ]);
    expect(counted()).toBe(1);
  });
});
