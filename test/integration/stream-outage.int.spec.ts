import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChangeStreamMisconfigured, PgoutputChangeStream } from '@holdfast/messaging';
import { type Logger, silentLogger } from '@holdfast/observability';
import { type EmbeddedPostgres, migrate, startEmbeddedPostgres } from '@holdfast/postgres';
import { unloaded, waitFor } from '@holdfast/testing';
import { inventoryMigrations } from '../../apps/inventory/src/adapters/postgres/migrations';
import { MerchantDrops } from '../support/merchant-drops';
import { inventoryStreamSource } from '../../apps/inventory/src/adapters/postgres/stream-source';
import { adminPool, recordingStream, slotsOf } from './stream-support';

/** These tests change and stop the whole server, so they have one of their own. */
describe('the change stream when the server is not as it should be', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-stream-'));
  let server: EmbeddedPostgres;
  const boot = async (settings: Record<string, string | number> = {}) => {
    server = await startEmbeddedPostgres({
      dataDir: folder,
      password: 'only-for-tests',
      sync: false,
      settings,
    });
    return server;
  };
  const streamAt = (url: string) => new PgoutputChangeStream(inventoryStreamSource(url), silentLogger());
  const complaint = async (url: string) => {
    const stream = streamAt(url);
    const error = await stream
      .start(async () => undefined)
      .then(
        () => new Error('it started'),
        (refusal: Error) => refusal,
      );
    await stream.stop();
    expect(error).toBeInstanceOf(ChangeStreamMisconfigured);
    return error.message;
  };

  beforeAll(async () => {
    await boot({ wal_level: 'replica' });
    await migrate(server.url, [inventoryMigrations]);
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('refuses to start on a server whose log is not logical, and says what to set', async () => {
    expect(await complaint(server.url)).toMatch(
      /wal_level = replica.*wal_level = logical.*ALTER SYSTEM SET wal_level/s,
    );
  });

  it('starts although the server is away, waits until its settings are mended, and fills itself then', async () => {
    const url = server.url;
    await server.stop();
    const reasons: string[] = [];
    const log: Logger = Object.assign(Object.create(silentLogger()) as Logger, {
      warn: (fields: object) => void reasons.push(String((fields as { reason: string }).reason)),
    });
    const { stream, start, seen } = recordingStream(url, undefined, log);
    await start();
    expect(stream.status()).toMatchObject({ connected: false, lagMs: null });
    await boot({ wal_level: 'replica' });
    await new MerchantDrops(adminPool(url)).seed({ demo: true });
    await waitFor('it says what is wrong', () => reasons.some((reason) => reason.includes('wal_level')));
    await server.stop();
    await boot();
    await waitFor('it has the rows', () => seen.some((it) => it.value?.op === 'r'));
    await waitFor('it flows', () => stream.status().connected);
    await stream.stop();
  });

  it('refuses a login that may not replicate, and says which right it needs', async () => {
    const pool = adminPool(server.url);
    await pool.query(`CREATE ROLE plain LOGIN PASSWORD 'plain'; GRANT holdfast_cdc TO plain`);
    await pool.end();
    const url = new URL(server.url);
    url.username = url.password = 'plain';
    expect(await complaint(url.toString())).toMatch(/ALTER ROLE <login> REPLICATION/);
  });

  it('refuses a database without the publication', async () => {
    const pool = adminPool(server.url);
    await pool.query('CREATE DATABASE bare');
    await pool.end();
    const url = new URL(server.url);
    url.pathname = '/bare';
    expect(await complaint(url.toString())).toMatch(/publication holdfast_cdc is missing.*migrate/);
  });

  it('says that it falls behind when the server is gone, and flows again within seconds of its return', async () => {
    const pool = adminPool(server.url);
    await new MerchantDrops(pool).seed({ demo: true });
    const { stream, start, seen } = recordingStream(server.url);
    await start();
    await waitFor('it has caught up', () => (stream.status().lagMs ?? 1e9) < 1_000);
    await pool.end();
    await server.stop();
    await waitFor('it is behind', () => stream.status().lagMs! > 2_000);
    expect(stream.status().connected).toBe(false);

    await boot({ max_slot_wal_keep_size: '16MB' });
    const back = Date.now();
    await waitFor('it has caught up', () => stream.status().lagMs! < 1_000);
    expect(unloaded(Date.now() - back)).toBeLessThan(5_000);
    const again = adminPool(server.url);
    await again.query(
      `UPDATE inventory.stock SET available = available - 1, held = held + 1, version = version + 1`,
    );
    await waitFor('changes flow', () => seen.some((it) => it.value?.after?.['version'] === 2));
    await again.end();
    await stream.stop();
  });

  it('makes a slot again that the server has given up, with the facts of the last day', async () => {
    const pool = adminPool(server.url);
    const fact = (type: string) =>
      pool.query(
        `INSERT INTO inventory.outbox (drop_id, aggregatetype, aggregateid, type, payload)
         SELECT drop_id, 'hold', 'h', $1, '{}' FROM inventory.drop`,
        [type],
      );
    await pool.query(
      `INSERT INTO inventory.outbox (drop_id, aggregatetype, aggregateid, type, payload, created_at)
       SELECT drop_id, 'hold', 'h', 'two days old', '{}', now() - interval '2 days' FROM inventory.drop`,
    );
    await fact('while away');
    // Nobody reads, and the log grows beyond what the server keeps for a slot.
    await waitFor('the slot is lost', async () => {
      await pool.query(`SELECT pg_logical_emit_message(false, 'noise', repeat('x', 20000000))`);
      await pool.query('SELECT pg_switch_wal()');
      await pool.query('CHECKPOINT');
      return (await slotsOf(pool, server.url))[0]?.wal_status === 'lost';
    });
    await pool.query(
      `UPDATE inventory.stock SET available = available - 1, held = held + 1, version = version + 1`,
    );
    const { stream, start, seen } = recordingStream(server.url);
    await start();
    expect(stream.status().connected).toBe(true);
    expect((await slotsOf(pool, server.url))[0]?.wal_status).toBe('reserved');
    expect(seen.filter((it) => it.value?.op === 'r' && it.value.after?.['version'] === 3)).toHaveLength(7);
    expect(seen.flatMap((it) => it.fact?.type ?? [])).toEqual(['while away']);
    await fact('afterwards');
    await waitFor('the fact arrives', () => seen.some((it) => it.fact?.type === 'afterwards'));
    await stream.stop();
    await pool.end();
  });
});
