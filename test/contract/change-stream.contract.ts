import type { ChangeRecord, NewDrop } from '@holdfast/contracts';
import type { ChangeStream } from '@holdfast/messaging';
import { waitFor } from '@holdfast/testing';

/** What a change stream needs to be tried: a ledger to write to and streams that share one position on it. */
export interface ChangeStreamHarness {
  /** A new object each time, as after a restart of the process. */
  open(): ChangeStream;
  query<T extends object>(text: string, values?: unknown[]): Promise<T[]>;
  createDrop(drop: NewDrop): Promise<string>;
  close(): Promise<void>;
}

const STOCK = 'holdfast.inventory.stock';
const DROP = 'holdfast.inventory.drop';

const aDrop = (skus: string[], units = 1_000): NewDrop => ({
  name: 'Stream',
  description: '',
  imageUrl: null,
  opensAt: 'now',
  closesAt: null,
  perCustomerLimit: 4,
  holdTtlSeconds: 300,
  items: skus.map((sku) => ({ sku, name: sku, imageUrl: null, priceMinor: 1, currency: 'EUR', units })),
});

/** What every source of changes must do, whoever reads the log. */
export function changeStreamContract(name: string, make: () => Promise<ChangeStreamHarness>): void {
  describe(`the change stream through ${name}`, () => {
    let harness: ChangeStreamHarness;
    let running: ChangeStream[] = [];
    beforeAll(async () => {
      harness = await make();
    });
    afterEach(async () => {
      for (const stream of running) await stream.stop();
      running = [];
    });
    afterAll(() => harness.close());

    async function start(handle: (records: ChangeRecord[]) => Promise<void> = async () => undefined) {
      const seen: ChangeRecord[] = [];
      const stream = harness.open();
      running.push(stream);
      await stream.start(async (records) => {
        await handle(records);
        seen.push(...records);
      });
      const of = (dropId: string, topic = STOCK) =>
        seen.filter((record) => record.topic === topic && record.value?.after?.['drop_id'] === dropId);
      return { stream, seen, of };
    }
    const sell = (dropId: string, sku: string) =>
      harness.query(
        `UPDATE inventory.stock SET available = available - 1, held = held + 1, version = version + 1
         WHERE drop_id = $1 AND sku = $2`,
        [dropId, sku],
      );
    const tell = (dropId: string, type: string, payload: object) =>
      harness.query(
        `INSERT INTO inventory.outbox (drop_id, aggregatetype, aggregateid, type, payload) VALUES ($1, 'hold', 'h1', $2, $3)`,
        [dropId, type, { ...payload, dropId }],
      );
    const versions = (records: ChangeRecord[]) => records.map((record) => record.value!.after!['version']);
    /** After a rebalance records may be redelivered; consumers skip versions that are not newer. */
    const fresh = (records: ChangeRecord[]) => {
      const seen = versions(records);
      return seen.filter((version, at) => seen.slice(0, at).every((before) => before! < version!));
    };

    it('brings the rows as they are before it says that it has started', async () => {
      const dropId = await harness.createDrop(aDrop(['A', 'B']));
      const { stream, of } = await start();
      // The product's start goes on without a slow source; with the lag it says that it has read what there was.
      await waitFor('it has started', () => stream.status().lagMs !== null, { deadlineMs: 30_000 });
      // The order holds for a key, not between keys.
      const skuOf = (record: ChangeRecord) => String(record.value!.after!['sku']);
      const rows = of(dropId).sort((a, b) => skuOf(a).localeCompare(skuOf(b)));
      expect(rows.map((record) => record.key)).toEqual([
        { drop_id: dropId, sku: 'A' },
        { drop_id: dropId, sku: 'B' },
      ]);
      expect(rows[0]!.value).toMatchObject({
        before: null,
        after: {
          drop_id: dropId,
          sku: 'A',
          total: 1_000,
          available: 1_000,
          held: 0,
          sold: 0,
          epoch: 0,
          version: 1,
        },
        // A row read now, or the newest image that was kept of it.
        op: expect.stringMatching(/^[rc]$/),
        source: { schema: 'inventory', table: 'stock' },
      });
      expect(of(dropId, DROP)[0]!.value!.after).toMatchObject({ state: 'open', revision: 1 });
    });

    it('brings the commits of a row in order, as Debezium words them', async () => {
      const { of } = await start();
      const before = Date.now();
      const dropId = await harness.createDrop(aDrop(['A']));
      for (let i = 0; i < 20; i += 1) await sell(dropId, 'A');
      await waitFor('all arrive', () => versions(of(dropId)).includes(21));
      expect(fresh(of(dropId))).toEqual(Array.from({ length: 21 }, (_, i) => i + 1));
      const [created, updated] = of(dropId);
      expect(created!.value).toMatchObject({ op: 'c', before: null });
      expect(updated!.value).toEqual({
        before: null,
        after: {
          drop_id: dropId,
          sku: 'A',
          total: 1_000,
          available: 999,
          held: 1,
          sold: 0,
          epoch: 0,
          version: 2,
          shown_at: null,
          shown_version: 1,
          stock_display: 'exact',
        },
        source: {
          schema: 'inventory',
          table: 'stock',
          lsn: expect.any(Number),
          txId: expect.any(Number),
          ts_ms: expect.any(Number),
          snapshot: 'false',
        },
        op: 'u',
        ts_ms: expect.any(Number),
      });
      expect(updated!.value!.source.ts_ms).toBeGreaterThan(before - 5_000);
      expect(updated!.value!.source.ts_ms).toBeLessThan(Date.now() + 5_000);
    });

    it('brings changes of a drop with its revision', async () => {
      const { of } = await start();
      const dropId = await harness.createDrop(aDrop(['A']));
      await harness.query(
        `UPDATE inventory.drop SET state = 'paused', revision = revision + 1 WHERE drop_id = $1`,
        [dropId],
      );
      await waitFor('the change arrives', () => of(dropId, DROP).length >= 2);
      expect(of(dropId, DROP)[1]).toMatchObject({
        key: { drop_id: dropId },
        value: { after: { state: 'paused', revision: 2 } },
      });
    });

    it('brings facts of an outbox with id, type and payload, and no word of their purge', async () => {
      const { seen, of } = await start();
      const dropId = await harness.createDrop(aDrop(['A']));
      await tell(dropId, 'hold.confirmed.v1', { text: 'ü "quoted"', list: [1, null], deep: { yes: true } });
      const facts = () => seen.filter((record) => record.fact);
      await waitFor('the fact arrives', () => facts().length >= 1);
      const rows = await harness.query<{ id: string }>(`DELETE FROM inventory.outbox RETURNING id`);
      await sell(dropId, 'A');
      await waitFor('what comes after it arrives', () => of(dropId).length >= 2);
      expect(facts()).toEqual([
        {
          topic: 'holdfast.events.hold',
          key: 'h1',
          value: null,
          fact: {
            id: rows[0]!.id,
            type: 'hold.confirmed.v1',
            payload: { text: 'ü "quoted"', list: [1, null], deep: { yes: true }, dropId },
          },
        },
      ]);
    });

    it('goes on where it was acknowledged: what happened while nobody listened arrives, facts of before do not', async () => {
      const dropId = await harness.createDrop(aDrop(['A']));
      const first = await start();
      await tell(dropId, 'before', {});
      await waitFor('the fact arrives', () => first.seen.some((record) => record.fact?.type === 'before'));
      await first.stream.stop();
      await tell(dropId, 'between', {});
      await sell(dropId, 'A');
      const second = await start();
      await waitFor('the fact arrives', () => second.seen.some((record) => record.fact?.type === 'between'));
      await waitFor('the row arrives', () => versions(second.of(dropId)).includes(2));
      expect(second.seen.some((record) => record.fact?.type === 'before')).toBe(false);
    });

    it('hands a batch over again until it is applied, and nothing behind it meanwhile', async () => {
      let failures = 3;
      const attempts: string[][] = [];
      const { seen } = await start(async (records) => {
        const facts = records.flatMap((record) => record.fact?.type ?? []);
        if (facts.length > 0) attempts.push(facts);
        if (facts.length > 0 && failures > 0) {
          failures -= 1;
          throw new Error('the view is away');
        }
      });
      const dropId = await harness.createDrop(aDrop(['A']));
      await tell(dropId, 'one', {});
      await tell(dropId, 'two', {});
      await waitFor('both arrive', () => seen.filter((record) => record.fact).length >= 2, {
        deadlineMs: 30_000,
      });
      expect(seen.flatMap((record) => record.fact?.type ?? [])).toEqual(['one', 'two']);
      for (const attempt of attempts.slice(0, 3)) expect(attempt[0]).toBe('one');
    });

    it('hands over one batch at a time, and none after stop', async () => {
      let inside = 0;
      let most = 0;
      const { stream, seen } = await start(async () => {
        inside += 1;
        most = Math.max(most, inside);
        await new Promise((resolve) => setImmediate(resolve));
        inside -= 1;
      });
      const dropId = await harness.createDrop(aDrop(['A']));
      for (let i = 0; i < 30; i += 1) await sell(dropId, 'A');
      await waitFor('some arrive', () => seen.length > 5);
      await stream.stop();
      const count = seen.length;
      await sell(dropId, 'A');
      expect(most).toBe(1);
      expect(seen.length).toBe(count);
      expect(stream.status().connected).toBe(false);
    });

    it('knows how far it is behind: little while changes flow, more while the handler is stuck', async () => {
      let release: () => void = () => undefined;
      let stuck: Promise<void> = Promise.resolve();
      const { stream } = await start(() => stuck);
      expect(stream.status()).toMatchObject({ connected: true, slot: expect.any(String) });
      await waitFor('it has caught up', () => (stream.status().lagMs ?? 1e9) < 500);
      stuck = new Promise((resolve) => (release = resolve));
      await waitFor('it falls behind', () => stream.status().lagMs! > 2_000);
      release();
      await waitFor('it catches up again', () => stream.status().lagMs! < 1_500);
    });

    it('knows it, too, when the clock of the database was set back', async () => {
      let release: () => void = () => undefined;
      let stuck: Promise<void> = Promise.resolve();
      const { stream, seen } = await start(() => stuck);
      // As it looks to a clock that is an hour behind from now on.
      const [ahead] = await harness.query<{ ts: string }>(
        `UPDATE inventory.cdc_heartbeat SET ts = clock_timestamp() + interval '1 hour' WHERE id = 1 RETURNING ts::text AS ts`,
      );
      const isAhead = (record: ChangeRecord) =>
        Date.parse(String(record.value?.after?.['ts'])) >= Date.parse(ahead!.ts);
      await waitFor('that is seen', () => seen.some(isAhead));
      stuck = new Promise((resolve) => (release = resolve));
      await waitFor('it falls behind', () => stream.status().lagMs! > 2_000).finally(() => release());
      await waitFor('it catches up again', () => stream.status().lagMs! < 1_500);
    });

    it('ends on the ledger’s state after thousands of updates from many writers', async () => {
      const skus = ['A', 'B', 'C', 'D'];
      const { of } = await start();
      const dropId = await harness.createDrop(aDrop(skus, 100_000));
      await Promise.all(
        skus.flatMap((sku) =>
          [1, 2].map(async () => {
            for (let i = 0; i < 250; i += 1) await sell(dropId, sku);
          }),
        ),
      );
      const ledger = await harness.query<{ sku: string; version: string }>(
        `SELECT sku, version FROM inventory.stock WHERE drop_id = $1 ORDER BY sku`,
        [dropId],
      );
      const last = () => {
        const bySku = new Map(
          of(dropId).map((record) => [record.value!.after!['sku'], record.value!.after!['version']]),
        );
        return skus.map((sku) => ({ sku, version: String(bySku.get(sku)) }));
      };
      await waitFor('the last ones arrive', () => JSON.stringify(last()) === JSON.stringify(ledger));
      for (const sku of skus) {
        const records = of(dropId).filter((record) => record.value!.after!['sku'] === sku);
        expect(fresh(records)).toEqual(Array.from({ length: 501 }, (_, i) => i + 1));
      }
    });
  });
}
