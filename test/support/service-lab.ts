import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSecrets } from '@holdfast/config';
import { freePort } from '@holdfast/process';
import { startProxy } from '../../apps/cluster/src/servers/nginx';
import type { Server } from '../../apps/cluster/src/servers/server';
import { ensureBuild } from './repository';
import { type ServiceName, ServiceProcess } from './lab/service-process';

export { ServiceProcess } from './lab/service-process';

export interface LabOptions {
  databaseUrl: string;
  /** Of the gateways. */
  redisUrl: string;
  /** Of the inventories, when something stands between them and Redis. */
  inventoryRedisUrl?: string;
  /** Default: an address where nobody listens, so counts are stale and nothing else is. */
  kafkaBrokers?: string;
  gateways?: number;
  inventories?: number;
  checkouts?: number;
  /** nginx in front of the gateways, as the product has it. */
  front?: boolean;
  env?: Record<string, string>;
}

/** The services of the cluster mode as processes of their own, with a client's view of them. */
export class Lab {
  constructor(
    readonly databaseUrl: string,
    readonly services: readonly ServiceProcess[],
    private readonly front: Server | null,
    readonly dir: string,
  ) {}

  /** Each gateway's own address. */
  get urls(): string[] {
    return this.of('gateway').map(({ port }) => `http://127.0.0.1:${port}`);
  }

  /** Where shoppers come in: the proxy, else the first gateway. */
  get url(): string {
    return this.front?.address ?? this.urls[0]!;
  }

  of(service: ServiceName): ServiceProcess[] {
    return this.services.filter((each) => each.service === service);
  }

  /** Sum over all instances of a service. */
  async metric(service: ServiceName, name: string, labels?: string): Promise<number> {
    const values = await Promise.all(this.of(service).map((each) => each.metric(name, labels)));
    return values.reduce((sum, value) => sum + value, 0);
  }

  /** What the processes wrote last, for the person who reads a failure. */
  lastLogs(): string {
    return this.services.map((each) => `--- ${each.name}\n${each.lastLog()}`).join('\n');
  }

  /** What the processes say of themselves, for the same person. */
  async lastHealth(): Promise<string> {
    const words = this.services.map(async (each) => {
      const health = await each.health().catch((error: Error) => error.message);
      return `${each.name}: ${JSON.stringify(health)}`;
    });
    return (await Promise.all(words)).join('\n');
  }

  /** Ends what still runs; the edge first, so that nobody asks what is gone. */
  async stop(): Promise<void> {
    await this.front?.stop();
    for (const service of ['gateway', 'checkout', 'inventory'] as const)
      await Promise.all(this.of(service).map((each) => each.end()));
    if (!process.env['HOLDFAST_KEEP_DATA']) rmSync(this.dir, { recursive: true, force: true });
  }
}

/** Starts the services and waits until each is ready. The ledger must have its tables. */
export async function startLab(options: LabOptions): Promise<Lab> {
  ensureBuild();
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-lab-'));
  loadSecrets(dir); // before the services, none of which may be the first
  const { gateways = 2, inventories = 2, checkouts = 2 } = options;
  const taken = new Set<number>();
  const ports = async (count: number) => {
    const found: number[] = [];
    while (found.length < count) {
      const port = await freePort(taken);
      taken.add(port);
      found.push(port);
    }
    return found;
  };
  const [atGateways, atInventories, atCheckouts] = [
    await ports(gateways),
    await ports(inventories),
    await ports(checkouts),
  ];
  const [frontPort, nobody] = (await ports(2)) as [number, number];
  const origin = `http://127.0.0.1:${options.front ? frontPort : atGateways[0]}`;
  const list = (all: number[]) => all.map((port) => `127.0.0.1:${port}`).join(',');
  const shared = {
    HOLDFAST_MODE: 'cluster',
    HOLDFAST_DATA_DIR: dir,
    HOLDFAST_SERVICE_KEY: randomBytes(24).toString('hex'),
    HOLDFAST_PUBLIC_ADDRESS: origin,
    HOLDFAST_PROXY_HOPS: options.front ? '1' : '0',
    HOLDFAST_LIMITS: 'off',
    HOLDFAST_DEMO: 'off',
    LOG_LEVEL: 'warn',
    INVENTORY_ADDRESSES: list(atInventories),
    CHECKOUT_ADDRESSES: list(atCheckouts),
    // No test of this lab signs in.
    ACCOUNTS_ADDRESSES: `127.0.0.1:${nobody}`,
    REDIS_URL: options.redisUrl,
    KAFKA_BROKERS: options.kafkaBrokers ?? `127.0.0.1:${nobody}`,
  };
  const make = async (service: ServiceName, port: number, i: number) => {
    const name = `${service}-${i + 1}`;
    const [opsPort] = (await ports(1)) as [number];
    const own = {
      HOLDFAST_INSTANCE: name,
      HOLDFAST_OPS_PORT: String(opsPort),
      ...(service === 'gateway'
        ? { HOST: '127.0.0.1', PORT: String(port) }
        : { HOLDFAST_LISTEN: `127.0.0.1:${port}`, DATABASE_URL: options.databaseUrl }),
      ...(service === 'inventory' && options.inventoryRedisUrl
        ? { REDIS_URL: options.inventoryRedisUrl }
        : {}),
    };
    return new ServiceProcess(service, name, port, opsPort, { ...shared, ...own, ...options.env }, dir);
  };
  const services = [
    ...(await Promise.all(atInventories.map((port, i) => make('inventory', port, i)))),
    ...(await Promise.all(atCheckouts.map((port, i) => make('checkout', port, i)))),
    ...(await Promise.all(atGateways.map((port, i) => make('gateway', port, i)))),
  ];
  const begun = new Lab(options.databaseUrl, services, null, dir);
  try {
    await Promise.all(services.map((each) => each.start()));
    if (!options.front) return begun;
    const where = {
      dir: join(dir, 'front'),
      port: frontPort,
      gateways: list(atGateways).split(','),
      limits: false,
      merchantQuotas: null,
    };
    return new Lab(options.databaseUrl, services, await startProxy(where), dir);
  } catch (error) {
    const logs = begun.lastLogs();
    await begun.stop();
    throw new Error(`the lab did not start:\n${logs}`, { cause: error });
  }
}

/** A test about a lab: when it fails the services' last words are shown. */
export function labTest(lab: () => Lab | undefined, body: () => Promise<void>): () => Promise<void> {
  return async () => {
    try {
      await body();
    } catch (error) {
      const it = lab();
      console.error(it ? `${it.lastLogs()}\n${await it.lastHealth()}` : '(no lab)');
      throw error;
    }
  };
}
