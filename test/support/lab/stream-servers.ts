import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { waitFor } from '@holdfast/testing';
import { loadModule } from '../../../tools/cluster/load-module';
import { onDatabase } from '../drops';
import { REPOSITORY } from '../repository';

interface Child {
  pid: number;
  address: string;
  exited: Promise<unknown>;
  kill(): void;
  stop(): Promise<unknown>;
  lastLog(): string;
}

const load = <T>(file: string) => loadModule<T>(resolve(REPOSITORY, file));
const { startKafka } = load<{ startKafka(how: object): Promise<Child> }>('tools/cluster/kafka.mjs');
const { startConnect } = load<{ startConnect(how: object): Promise<Child> }>('tools/cluster/connect.mjs');
const { assembleKafka } = load<{ assembleKafka(): Promise<string> }>('tools/cluster/maven.mjs');
const { choosePorts } = load<{ choosePorts(dir: string, names: string[]): Promise<Record<string, number>> }>(
  'tools/cluster/ports.mjs',
);
const { ensureCdcLogin } = load<{ ensureCdcLogin(how: object): Promise<void> }>('infra/debezium/login.mjs');
const { register } = load<{ register(how: object): Promise<unknown> }>('infra/debezium/register.mjs');

/** Kafka and Kafka Connect with Debezium for one ledger, which nobody starts again but the test. */
export class StreamServers {
  private kafka: Child | null = null;
  private connect: Child | null = null;

  private constructor(
    private readonly databaseUrl: string,
    private readonly dir: string,
    private readonly libs: string,
    private readonly ports: Record<string, number>,
    // Both are names in the whole PostgreSQL server.
    private readonly slot: string,
    private readonly user: string,
  ) {}

  static async start(databaseUrl: string): Promise<StreamServers> {
    const dir = mkdtempSync(join(tmpdir(), 'holdfast-stream-'));
    const ports = await choosePorts(dir, ['kafka', 'kafkaController', 'connect']);
    const own = new URL(databaseUrl).pathname.slice(1).slice(-30);
    const libs = await assembleKafka();
    const servers = new StreamServers(databaseUrl, dir, libs, ports, `cdc_${own}`, `connect_${own}`);
    await ensureCdcLogin({ databaseUrl, user: servers.user, password: 'only-for-this-test' });
    await servers.begin().catch(async (error) => {
      await servers.stop();
      throw error;
    });
    return servers;
  }

  get brokers(): string {
    return `127.0.0.1:${this.ports['kafka']}`;
  }

  /** `kill -9` of both. */
  async kill(): Promise<void> {
    for (const child of [this.connect, this.kafka]) {
      child?.kill();
      await child?.exited;
    }
    this.connect = this.kafka = null;
  }

  /** When what was ready, for the figures. */
  readonly steps: string[] = [];

  /** Starts them (again), on the same ports and with what they had written; resolves when the connector runs and reads. */
  async begin(): Promise<void> {
    const began = performance.now();
    const step = (what: string) => this.steps.push(`${what} ${Math.round(performance.now() - began)} ms`);
    const { kafka: port, kafkaController: controllerPort } = this.ports;
    this.kafka = await startKafka({ dir: join(this.dir, 'kafka'), libs: this.libs, port, controllerPort });
    step('Kafka');
    const { hostname, port: databasePort, pathname } = new URL(this.databaseUrl);
    const cdc = {
      CDC_HOST: hostname,
      CDC_PORT: databasePort || '5432',
      CDC_DATABASE: pathname.slice(1),
      CDC_USER: this.user,
      CDC_PASSWORD: 'only-for-this-test',
    };
    this.connect = await startConnect({
      dir: join(this.dir, 'connect'),
      libs: this.libs,
      port: this.ports['connect'],
      brokers: this.brokers,
      cdc,
    });
    step('Connect');
    await register({ connectUrl: this.connect.address, overrides: { 'slot.name': this.slot } });
    step('connector');
    await waitFor('the slot to be read', () => this.isRead(), { deadlineMs: 60_000, everyMs: 100 });
    step('slot');
  }

  async stop(): Promise<void> {
    await this.connect?.stop();
    await this.kafka?.stop();
    await onDatabase(this.databaseUrl, async (client) => {
      await waitFor('the slot to be dropped', async () => {
        await client.query(
          'SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = $1 AND active',
          [this.slot],
        );
        await client.query(
          'SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = $1 AND NOT active',
          [this.slot],
        );
        return (await this.slots(client)).length === 0;
      });
      await client.query(`DROP OWNED BY ${this.user}; DROP ROLE ${this.user}`);
    });
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** For the person who reads a failure. */
  async lastWords(): Promise<string> {
    const slot = await onDatabase(this.databaseUrl, async (client) => {
      const { rows } = await client.query(
        `SELECT active, wal_status, pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn)::int AS behind_bytes
         FROM pg_replication_slots WHERE slot_name = $1`,
        [this.slot],
      );
      return JSON.stringify(rows);
    });
    return `${this.steps.join(', ')}\nslot: ${slot}\n--- connect\n${this.connect?.lastLog()}\n--- kafka\n${this.kafka?.lastLog()}`;
  }

  private isRead(): Promise<boolean> {
    return onDatabase(this.databaseUrl, async (client) =>
      (await this.slots(client)).some(({ active }) => active),
    );
  }

  private async slots(client: Parameters<Parameters<typeof onDatabase>[1]>[0]) {
    const { rows } = await client.query<{ active: boolean }>(
      'SELECT active FROM pg_replication_slots WHERE slot_name = $1',
      [this.slot],
    );
    return rows;
  }
}
