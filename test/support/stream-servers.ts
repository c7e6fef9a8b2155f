import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KafkaSecurity } from '@holdfast/config';
import { choosePorts, type Say } from '@holdfast/process';
import { waitFor } from '@holdfast/testing';
import type { Client } from 'pg';
import { startConnect } from '../../apps/cluster/src/servers/connect';
import { type KafkaServer, startKafka } from '../../apps/cluster/src/servers/kafka';
import { assembleKafka } from '../../apps/cluster/src/servers/kafka-jars';
import type { KafkaListener } from '../../apps/cluster/src/servers/kafka-listener';
import type { ConnectorConfig } from '../../apps/cluster/src/stream/connector';
import { register } from '../../apps/cluster/src/stream/register';
import { StreamWatch } from '../../apps/cluster/src/stream/watch-stream';
import { onDatabase } from './drops';
import { makeStreamLogin } from './stream-login';

const PASSWORD = 'only-for-this-test';

// Java programs on a machine that does other things, too.
const UP = { deadlineMs: 60_000, everyMs: 100 };

/**
 * Kafka and Kafka Connect with the product's connector, on a migrated database. Unlike under the launcher nothing comes back by itself but what the
 * watchdog mends: a test says how long a server stays dead.
 */
export class StreamServers {
  kafka: KafkaServer | null = null;
  connect: Awaited<ReturnType<typeof startConnect>> | null = null;
  readonly said: string[] = [];
  /** When what was ready at the last `start` or `begin`, for the figures. */
  steps: string[] = [];
  private watch: StreamWatch | null = null;
  private readonly say: Say = (line) => this.said.push(line);
  private readonly dir = mkdtempSync(join(tmpdir(), 'holdfast-stream-'));
  readonly slot = `holdfast_cdc_test_${process.pid}`;
  private readonly user = `holdfast_connect_test_${process.pid}`;

  private constructor(
    private readonly databaseUrl: string,
    private readonly libs: string,
    private readonly ports: Record<'kafka' | 'controller' | 'connect', number>,
    private readonly connector: boolean,
    private readonly listener: KafkaListener | undefined,
    private readonly settings: ConnectorConfig,
  ) {}

  /**
   * `connector: false`: a worker with nothing to do, for a product that is told its address. `listener`: a Kafka that is reached in another way
   * than the launcher's own. `overrides`: of single settings of the connector.
   */
  static async start(
    databaseUrl: string,
    {
      watch = true,
      connector = true,
      listener,
      overrides = {},
    }: {
      watch?: boolean;
      connector?: boolean;
      listener?: KafkaListener;
      overrides?: ConnectorConfig;
    } = {},
  ): Promise<StreamServers> {
    const libs = await assembleKafka();
    const dir = mkdtempSync(join(tmpdir(), 'holdfast-ports-'));
    const ports = await choosePorts(dir, ['kafka', 'controller', 'connect']);
    rmSync(dir, { recursive: true });
    const servers = new StreamServers(databaseUrl, libs, ports, connector, listener, overrides);
    try {
      if (connector) await makeStreamLogin(databaseUrl, { name: servers.user, password: PASSWORD });
      await servers.begin();
      if (watch) servers.watchStream();
      return servers;
    } catch (error) {
      await servers.stop();
      throw error;
    }
  }

  /** Starts both (again), on the same ports and with what they had written; resolves when the connector runs and the log is read. */
  async begin(): Promise<void> {
    const began = performance.now();
    this.steps = [];
    const step = (what: string) => this.steps.push(`${what} ${Math.round(performance.now() - began)} ms`);
    await this.startKafka();
    step('Kafka');
    await this.startConnect();
    step('Connect');
    if (!this.connector) return;
    await waitFor('the slot to be read', async () => (await this.readSlot())?.active, UP);
    step('slot');
  }

  /** `kill -9` of both. */
  async kill(): Promise<void> {
    await this.killConnect();
    await this.killKafka();
  }

  get brokers(): string[] {
    return [`127.0.0.1:${this.ports.kafka}`];
  }

  /** What a client of the broker needs beyond its address. */
  get security(): KafkaSecurity {
    return this.kafka!.security;
  }

  get access(): { brokers: string[]; security: KafkaSecurity } {
    return { brokers: this.brokers, security: this.security };
  }

  /** With its login. */
  get connectUrl(): string {
    return this.connect!.url;
  }

  /** Resolves when the broker answers. */
  async startKafka(): Promise<void> {
    const { kafka: port, controller: controllerPort } = this.ports;
    this.kafka = await startKafka({
      ...{ dir: join(this.dir, 'kafka'), libs: this.libs, port, controllerPort, say: this.say },
      ...{ password: PASSWORD, listener: this.listener },
    });
  }

  /** Resolves when it answers, and the connector has a running task. */
  async startConnect(): Promise<void> {
    const { hostname, port, pathname } = new URL(this.databaseUrl);
    const cdc = {
      CDC_HOST: hostname,
      CDC_PORT: port || '5432',
      CDC_DATABASE: pathname.slice(1),
      CDC_USER: this.user,
      CDC_PASSWORD: PASSWORD,
    };
    const brokers = this.brokers.join();
    this.connect = await startConnect({
      ...{ dir: join(this.dir, 'connect'), libs: this.libs, port: this.ports.connect },
      ...{ brokers, security: this.security, password: PASSWORD, cdc, say: this.say },
    });
    if (!this.connector) return;
    await register({ connectUrl: this.connectUrl, overrides: this.overrides, say: this.say });
  }

  async killKafka(): Promise<void> {
    this.kafka!.kill();
    await this.kafka!.exited;
  }

  async killConnect(): Promise<void> {
    this.connect!.kill();
    await this.connect!.exited;
  }

  /** What the launcher and the service `stream` do all the time. */
  watchStream(): void {
    this.watch = new StreamWatch({
      ...{ connectUrl: this.connectUrl, databaseUrl: this.databaseUrl, overrides: this.overrides },
      ...{ kill: () => this.connect?.kill(), say: this.say },
    });
  }

  async stop(): Promise<void> {
    await this.watch?.stop();
    await this.connect?.stop();
    await this.kafka?.stop();
    rmSync(this.dir, { recursive: true, force: true });
    if (this.connector) await this.forget().catch(() => undefined);
  }

  /** For the person who reads a failure. */
  async lastWords(): Promise<string> {
    const slot = JSON.stringify(await this.readSlot());
    const logs = `--- connect\n${this.connect?.lastLog()}\n--- kafka\n${this.kafka?.lastLog()}`;
    return `${this.steps.join(', ')}\nslot: ${slot}\n${logs}`;
  }

  private readSlot() {
    return onDatabase(this.databaseUrl, async (client) => {
      const { rows } = await client.query<{ active: boolean; wal_status: string; behind_bytes: number }>(
        `SELECT active, wal_status, pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn)::int AS behind_bytes
         FROM pg_replication_slots WHERE slot_name = $1`,
        [this.slot],
      );
      return rows[0];
    });
  }

  private get overrides() {
    return { ...this.settings, 'slot.name': this.slot };
  }

  /** Slot and login belong to the server, which others use, too. */
  private forget(): Promise<void> {
    return onDatabase(this.databaseUrl, async (client) => {
      await dropSlot(client, this.slot);
      await client.query(`DROP OWNED BY ${this.user}; DROP ROLE ${this.user}`);
    });
  }
}

/** Takes the slot away from whoever reads it. */
export async function dropSlot(db: Pick<Client, 'query'>, slot: string): Promise<void> {
  await db.query(
    `SELECT pg_terminate_backend(active_pid, 5000) FROM pg_replication_slots WHERE slot_name = $1 AND active`,
    [slot],
  );
  await db.query(
    'SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = $1',
    [slot],
  );
}
