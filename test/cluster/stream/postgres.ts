import type { EmbeddedPostgres } from '@holdfast/postgres';
import { clientSecurity } from '@holdfast/messaging';
import { waitFor } from '@holdfast/testing';
import { ConfigResourceTypes, Kafka, logLevel } from 'kafkajs';
import type { Pool } from 'pg';
import { STREAM_TOPICS } from '../../../apps/inventory/src/adapters/kafka/stream-source';
import { MerchantDrops } from '../../support/merchant-drops';
import { Projector, streamDrop, Traffic } from '../../support/stream-projector';
import { callConnect } from '../../../apps/cluster/src/servers/connect-rest';
import type { StreamLab } from '../../support/stream-lab';
import { dropSlot, type StreamServers } from '../../support/stream-servers';

const SKUS = ['A', 'B', 'C'];
/** The promise for a slot that is gone, whatever the reason. */
const CONVERGED_MS = 60_000;

/** `lab` is there from the first `beforeAll` on. */
export function streamBehindFailingPostgres(lab: () => StreamLab): void {
  describe('the change stream behind a PostgreSQL that fails it', () => {
    let server: EmbeddedPostgres;
    let servers: StreamServers;
    let pool: Pool;
    let projector: Projector;
    let traffic: Traffic;
    let dropId: string;

    beforeAll(async () => {
      ({ pool, servers } = lab());
      ({ server } = lab().ledger);
      dropId = (await new MerchantDrops(pool).create(streamDrop(SKUS))).drop.id;
      projector = new Projector(pool, { ...servers.access, instance: 'pg', databaseUrl: server.url });
      await projector.start();
    });
    beforeEach(async () => {
      traffic = new Traffic(pool, dropId, SKUS);
      await waitFor('some traffic', () => traffic.commits > 50);
    });
    afterEach(() => traffic?.stop());
    afterAll(async () => {
      await projector?.stream.stop();
    });

    const slot = async () =>
      (
        await pool.query<{ wal_status: string; active: boolean; confirmed: string }>(
          'SELECT wal_status, active, confirmed_flush_lsn::text AS confirmed FROM pg_replication_slots WHERE slot_name = $1',
          [servers.slot],
        )
      ).rows[0];
    const setMaxMessageBytes = async (bytes: string) => {
      const admin = new Kafka({
        brokers: servers.brokers,
        ...clientSecurity(servers.security),
        logLevel: logLevel.NOTHING,
      }).admin();
      await admin.connect();
      const { topic: name, config } = STREAM_TOPICS.state.find(({ topic }) => topic.endsWith('.stock'))!;
      const settings = { ...config, 'max.message.bytes': bytes };
      const configEntries = Object.entries(settings).map(([key, value]) => ({ name: key, value }));
      const resources = [{ type: ConfigResourceTypes.TOPIC, name, configEntries }];
      await admin.alterConfigs({ validateOnly: false, resources });
      await admin.disconnect();
    };
    /** With traffic that goes on; then without, down to the last row. */
    const converges = async (since: number) => {
      await projector.catchesUp(dropId, CONVERGED_MS - (performance.now() - since));
      const tookMs = performance.now() - since;
      await traffic.stop();
      await projector.agrees(dropId);
      expect(projector.wentBack).toEqual([]);
      return `${Math.round(tookMs)} ms`;
    };

    it('goes on after a restart of the server: the watchdog brings the task back', async () => {
      const { pid } = server;
      process.kill(pid, 'SIGINT');
      await waitFor('another server', () => server.pid !== pid, { deadlineMs: 30_000 });
      const since = performance.now();
      await waitFor('it answers', () => pool.query('SELECT 1'), { deadlineMs: 30_000 });
      const took = await converges(since);
      console.info(`after a restart of PostgreSQL: ${took}. Said: ${servers.said.join(' | ')}`);
    });

    it('goes on after the server was killed', async () => {
      const { pid } = server;
      process.kill(pid, 'SIGKILL');
      await waitFor('another server', () => server.pid !== pid, { deadlineMs: 30_000 });
      const since = performance.now();
      await waitFor('it answers', () => pool.query('SELECT 1'), { deadlineMs: 30_000 });
      const took = await converges(since);
      console.info(`after kill -9 of PostgreSQL: ${took}`);
    });

    it('has a task that failed brought back by the watchdog', async () => {
      const failed = async () => {
        const { body } = await callConnect(servers.connectUrl, '/connectors/holdfast-cdc/status');
        return body.tasks!.some(({ state }) => state === 'FAILED');
      };
      // A record that its topic refuses is what Connect does not try again.
      await setMaxMessageBytes('200');
      await waitFor('the task has failed', failed, { deadlineMs: 60_000, everyMs: 200 });
      await setMaxMessageBytes('1048588');
      const since = performance.now();
      const took = await converges(since);
      expect(servers.said.join()).toContain('has failed; restarting it');
      console.info(`after its task failed: ${took}`);
    });

    it('starts anew with a snapshot, during traffic, when its slot was dropped', async () => {
      await waitFor('the slot is dropped', async () => {
        await dropSlot(pool, servers.slot);
        return true;
      });
      const since = performance.now();
      const took = await converges(since);
      await waitFor('the slot is in use again', async () => (await slot())?.active === true, {
        deadlineMs: CONVERGED_MS,
      });
      console.info(`after its slot was dropped: ${took}`);
    });

    it('starts anew when its slot was lost: the watchdog drops what can no longer be read', async () => {
      const { pid } = servers.connect!;
      process.kill(pid, 'SIGSTOP');
      try {
        // A worker that hangs holds its connection: the server cuts it, as wal_sender_timeout would do after a minute.
        await waitFor(
          'the slot is lost',
          async () => {
            await pool.query(
              'SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = $1 AND active',
              [servers.slot],
            );
            await pool.query(
              `SELECT pg_logical_emit_message(false, 'ballast', repeat('x', 8 * 1024 * 1024))`,
            );
            await pool.query('SELECT pg_switch_wal()');
            await pool.query('CHECKPOINT');
            return (await slot())?.wal_status === 'lost';
          },
          { deadlineMs: 60_000 },
        );
      } finally {
        process.kill(pid, 'SIGCONT');
      }
      const since = performance.now();
      const took = await converges(since);
      expect((await slot())?.wal_status).not.toBe('lost');
      console.info(`after its slot was lost: ${took}. Said: ${servers.said.slice(-3).join(' | ')}`);
    });
  });
}
