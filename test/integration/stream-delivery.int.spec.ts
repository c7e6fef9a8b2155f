import type { ChangeRecord } from '@holdfast/contracts';
import { waitFor } from '@holdfast/testing';
import { Client, type Pool } from 'pg';
import { MerchantDrops } from '../support/merchant-drops';
import { createLedger, type TestLedger } from '../support/database';
import { adminPool, dropSlots, recordingStream, slotsOf, stockOf } from './stream-support';

describe('pgoutput read in this process', () => {
  let ledger: TestLedger;
  let pool: Pool;
  let dropId: string;
  let running: ReturnType<typeof recordingStream>[] = [];

  beforeAll(async () => {
    ledger = await createLedger('stream_delivery');
    pool = adminPool(ledger.url);
    const items = ['A', 'B'].map((sku) => ({
      sku,
      name: sku,
      imageUrl: null,
      priceMinor: 1,
      currency: 'EUR',
      units: 1_000_000,
    }));
    const made = await new MerchantDrops(pool).create({
      name: 'Stream',
      description: '',
      imageUrl: null,
      opensAt: 'now',
      closesAt: null,
      perCustomerLimit: 4,
      holdTtlSeconds: 300,
      items,
    });
    dropId = made.drop.id;
  });
  afterEach(async () => {
    for (const { stream } of running) await stream.stop();
    running = [];
  });
  afterAll(async () => {
    await dropSlots(pool, ledger.url);
    await pool.end();
    await ledger.drop();
  });

  const open = (handle?: (records: ChangeRecord[]) => Promise<void>) => {
    const it = recordingStream(ledger.url, handle);
    running.push(it);
    return it;
  };
  const sell = (db: Pool | Client = pool, sku = 'A') =>
    db.query(
      `UPDATE inventory.stock SET available = available - 1, held = held + 1, version = version + 1
       WHERE drop_id = $1 AND sku = $2`,
      [dropId, sku],
    );
  const tell = (db: Pool | Client, type: string) =>
    db.query(
      `INSERT INTO inventory.outbox (drop_id, aggregatetype, aggregateid, type, payload) VALUES ($1, 'hold', 'h', $2, '{}')`,
      [dropId, type],
    );
  const facts = (records: ChangeRecord[]) => records.flatMap((record) => record.fact?.type ?? []);
  const versionOf = async (sku: string) => {
    const found = await pool.query<{ version: string }>(
      'SELECT version FROM inventory.stock WHERE drop_id = $1 AND sku = $2',
      [dropId, sku],
    );
    return Number(found.rows[0]!.version);
  };
  const newest = (records: ChangeRecord[], sku: string) =>
    Math.max(0, ...records.map(stockOf).map((row) => (row?.sku === sku ? row.version! : 0)));
  const converged = (seen: ChangeRecord[]) =>
    waitFor(
      'the stream has caught up with the ledger',
      async () => newest(seen, 'A') === (await versionOf('A')),
    );

  it('loses nothing when two commits stand side by side in the log and the reader dies between them', async () => {
    // Both write, then both commit at once: the second commit record begins where the first one ends.
    for (let round = 0; round < 10; round += 1) {
      const types: string[] = [];
      let applied = 0;
      const first = open(async (records) => {
        for (const type of facts(records)) {
          // Only the first of the two is applied; whatever comes with it fails and must come again.
          if (applied > 0) throw new Error('dies here');
          applied += 1;
          types.push(type);
        }
      });
      await first.start();
      const [a, b] = [new Client(ledger.url), new Client(ledger.url)];
      for (const client of [a, b]) {
        await client.connect();
        await client.query('SET synchronous_commit = off');
        await client.query('BEGIN');
      }
      await tell(b, `b${round}`);
      await tell(a, `a${round}`);
      await Promise.all([a.query('COMMIT'), b.query('COMMIT')]);
      await waitFor('one of them is applied', () => applied > 0);
      await first.stream.stop();
      await a.end();
      await b.end();
      const second = open();
      await second.start();
      await waitFor(`round ${round}: both facts arrive over the two lives`, () => {
        const all = new Set([...types, ...facts(second.seen)]);
        return all.has(`a${round}`) && all.has(`b${round}`);
      });
      await second.stream.stop();
    }
  });

  it('brings all rows of one COPY-like commit, which share their place in the log', async () => {
    const { start, seen } = open();
    await start();
    const other = await new MerchantDrops(pool).create({
      name: 'Many',
      description: '',
      imageUrl: null,
      opensAt: 'now',
      closesAt: null,
      perCustomerLimit: 4,
      holdTtlSeconds: 300,
      items: Array.from({ length: 5_000 }, (_, i) => ({
        sku: `M${i}`,
        name: 'm',
        imageUrl: null,
        priceMinor: 1,
        currency: 'EUR',
        units: i,
      })),
    });
    const rows = () => seen.map(stockOf).filter((row) => row?.drop_id === other.drop.id);
    await waitFor('all 5,000 arrive', () => rows().length >= 5_000);
    expect(new Set(rows().map((row) => row!.sku)).size).toBe(5_000);
    const copied = new Client(ledger.url);
    await copied.connect();
    await copied.query(
      `INSERT INTO inventory.outbox (drop_id, aggregatetype, aggregateid, type, payload)
       SELECT $1, 'hold', 'h', 'copy' || n, '{}' FROM generate_series(1, 500) AS n`,
      [dropId],
    );
    await copied.end();
    await waitFor(
      'all facts arrive',
      () => facts(seen).filter((type) => type.startsWith('copy')).length >= 500,
    );
  });

  it('ends equal to the ledger when its snapshot is taken in the middle of traffic', async () => {
    let selling = true;
    const traffic = Promise.all(
      [1, 2, 3].map(async () => {
        while (selling) await sell();
      }),
    );
    const { start, seen } = open();
    await start();
    await waitFor('some traffic is seen', () => seen.filter((it) => stockOf(it)).length > 200);
    selling = false;
    await traffic;
    await converged(seen);
    const changes = seen.flatMap((it) =>
      it.value?.op === 'u' && stockOf(it)?.sku === 'A' ? stockOf(it)!.version! : [],
    );
    expect(changes).toEqual([...changes].sort((x, y) => x - y));
  });

  it('comes back by itself when the server cuts its connection, and misses nothing', async () => {
    const { start, seen, stream } = open();
    await start();
    for (let cut = 0; cut < 3; cut += 1) {
      const [slot] = await slotsOf(pool, ledger.url);
      await pool.query('SELECT pg_terminate_backend($1)', [slot!.active_pid]);
      await sell();
      await tell(pool, `cut${cut}`);
      await converged(seen);
      await waitFor('the fact arrives', () => facts(seen).includes(`cut${cut}`));
      await waitFor('it is connected', () => stream.status().connected);
    }
    // What was applied and not yet acknowledged when the connection was cut comes again: each at least once, and in order.
    const cuts = facts(seen).filter((type) => type.startsWith('cut'));
    expect([...new Set(cuts)]).toEqual(['cut0', 'cut1', 'cut2']);
  });

  it('makes a slot that was dropped under it again, and brings the rows and the facts that it missed', async () => {
    const { start, seen, stream } = open();
    await start();
    await converged(seen);
    // Open while the old slot is dropped and when the new one is made: neither of them can bring it.
    const missed = new Client(ledger.url);
    await missed.connect();
    await missed.query('BEGIN');
    await sell(missed);
    await tell(missed, 'missed');
    const [slot] = await slotsOf(pool, ledger.url);
    await waitFor('the slot is dropped before the stream is back', async () => {
      await pool.query(
        'SELECT pg_terminate_backend(active_pid, 1000) FROM pg_replication_slots WHERE slot_name = $1',
        [slot!.slot_name],
      );
      return pool.query('SELECT pg_drop_replication_slot($1)', [slot!.slot_name]).then(
        () => true,
        () => false,
      );
    });
    await missed.query('COMMIT');
    await missed.end();
    await converged(seen);
    await waitFor('the fact arrives', () => facts(seen).includes('missed'));
    await waitFor('it is connected', () => stream.status().connected);
    await sell();
    await converged(seen);
    expect(await slotsOf(pool, ledger.url)).toHaveLength(1);
  });

  it('waits for a slot that another process holds, says nothing wrong meanwhile, and takes over', async () => {
    const first = open();
    await first.start();
    const second = open();
    const starting = second.start();
    await waitFor('the second has the rows as they are', () =>
      second.seen.some((it) => it.value?.op === 'r'),
    );
    expect(second.stream.status().connected).toBe(false);
    await first.stream.stop();
    await starting;
    await waitFor('the second flows', () => second.stream.status().connected);
    await sell();
    await converged(second.seen);
  });

  it('holds the server back instead of piling up when the handler is slower than the ledger', async () => {
    let slow = true;
    const { start, seen } = open(async () => {
      if (slow) await new Promise((resolve) => setTimeout(resolve, 20));
    });
    await start();
    await pool.query(
      `INSERT INTO inventory.outbox (drop_id, aggregatetype, aggregateid, type, payload)
       SELECT $1, 'hold', 'h', 'flood', jsonb_build_object('n', n) FROM generate_series(1, 60000) AS n`,
      [dropId],
    );
    for (let i = 0; i < 50; i += 1) await sell();
    slow = false;
    const flooded = () => facts(seen).filter((type) => type === 'flood').length >= 60_000;
    await waitFor('the flood is over', flooded, { deadlineMs: 60_000, everyMs: 100 });
    await converged(seen);
    expect(
      seen.flatMap((it) => (it.fact?.type === 'flood' ? (it.fact.payload as { n: number }).n : [])),
    ).toEqual(Array.from({ length: 60_000 }, (_, i) => i + 1));
  });

  it('acknowledges nothing while the handler is at work, whatever the server asks meanwhile', async () => {
    let release: () => void = () => undefined;
    const stuck = new Promise<void>((resolve) => (release = resolve));
    const { start, seen, stream } = open((records) =>
      facts(records).includes('stuck') ? stuck : Promise.resolve(),
    );
    await start();
    await tell(pool, 'stuck');
    // What others wrote before it may be acknowledged. What comes behind it may not, and the server will ask for it.
    const stuckAt = await pool.query<{ lsn: string }>('SELECT pg_current_wal_lsn() AS lsn');
    await pool.query(`SELECT pg_logical_emit_message(false, 'noise', 'behind it')`);
    try {
      await waitFor('heartbeats and keepalives have had time to come', () => stream.status().lagMs! > 2_500);
      const position = await pool.query<{ moved: boolean }>(
        `SELECT bool_or(confirmed_flush_lsn > $1) AS moved FROM pg_replication_slots WHERE database = current_database()`,
        [stuckAt.rows[0]!.lsn],
      );
      expect(position.rows[0]!.moved).toBe(false);
    } finally {
      release();
    }
    await waitFor('the fact is applied', () => facts(seen).includes('stuck'));
  });

  it('lets the server forget what it has applied, also while only others write', async () => {
    const { start } = open();
    await start();
    const before = await pool.query<{ lsn: string }>('SELECT pg_current_wal_lsn() AS lsn');
    await pool.query(
      `SELECT pg_logical_emit_message(false, 'noise', repeat('x', 100000)) FROM generate_series(1, 20)`,
    );
    await waitFor('the slot moves on', async () => {
      const moved = await pool.query<{ yes: boolean }>(
        `SELECT bool_and(confirmed_flush_lsn > $1) AS yes FROM pg_replication_slots WHERE database = current_database()`,
        [before.rows[0]!.lsn],
      );
      return moved.rows[0]!.yes;
    });
  });
});
