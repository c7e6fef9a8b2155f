import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { join, resolve } from 'node:path';
import { type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CheckoutClient, InventoryClient, type Hold, type PlaceHold } from '@holdfast/contracts';
import { deriveHoldId } from '@holdfast/kernel';
import { createLogger, Logger, NestLogger } from '@holdfast/observability';
import {
  connectPeers,
  type Peers,
  RemoteInventory,
  transportServer,
  type TlsSetting,
  type TransportSettings,
} from '@holdfast/transport';
import { CheckoutServer } from '../../apps/checkout/src/entrypoints/tcp/checkout.server';
import { InventoryServer } from '../../apps/inventory/src/entrypoints/tcp/inventory.server';
import { loadModule } from '../../tools/cluster/load-module';

const { freePort } = loadModule<{ freePort(): Promise<number> }>(
  join(resolve(__dirname, '../../tools/cluster'), 'ports.mjs'),
);

export const KEY = 'a service key for tests, long enough';

/** Where somebody can listen again later: no connection that goes out takes such a port meanwhile. */
export const lastingAddress = async () => `127.0.0.1:${await freePort()}`;

export interface ServiceOptions {
  listen?: string;
  key?: string;
  tls?: TlsSetting;
  /** Takes the calls instead of the product's own entry point. */
  controller?: Type;
}

/** What was logged, so that a refusal can be looked for. */
export class LogBook extends Logger {
  readonly lines: { level: string; fields: Record<string, unknown>; message: string }[] = [];

  fatal = this.writer('fatal');
  error = this.writer('error');
  warn = this.writer('warn');
  info = this.writer('info');
  debug = this.writer('debug');

  child(): Logger {
    return this;
  }

  text(): string {
    return this.lines
      .map((line) => JSON.stringify(line, (_, it: unknown) => (it instanceof Error ? it.message : it)))
      .join('\n');
  }

  private writer(level: string) {
    return (fields: object, message: string) =>
      void this.lines.push({ level, fields: fields as Record<string, unknown>, message });
  }
}

/** A service as `main.ts` puts it together, around something that stands for its use cases. */
async function startService(
  entrypoint: Type,
  token: typeof InventoryClient | typeof CheckoutClient,
  service: object,
  { listen = '127.0.0.1:0', key = KEY, tls = 'auto', controller = entrypoint }: ServiceOptions,
) {
  class ServiceModule {}
  const log = new LogBook();
  const server = transportServer({ listen, key, tls, logger: log });
  const app = await NestFactory.createMicroservice(
    {
      module: ServiceModule,
      controllers: [controller],
      providers: [
        { provide: token, useValue: service },
        { provide: Logger, useValue: log },
      ],
    },
    { ...server, logger: new NestLogger(createLogger('silent')) },
  );
  await app.listen();
  return {
    address: `${server.strategy.address.host}:${server.strategy.address.port}`,
    log,
    draining: server.strategy.draining,
    /** Leaves as on SIGTERM. */
    stop: () => app.close(),
    /** Its connections end at once, as if the process had been killed. */
    kill: () => server.strategy.closeNow(),
  };
}

export type TestService = Awaited<ReturnType<typeof startService>>;

export const startInventory = (service: Partial<InventoryClient>, options: ServiceOptions = {}) =>
  startService(InventoryServer, InventoryClient, service, options);

export const startCheckout = (service: Partial<CheckoutClient>, options: ServiceOptions = {}) =>
  startService(CheckoutServer, CheckoutClient, service, options);

export interface CallerOptions {
  key?: string;
  tls?: TlsSetting;
  settings?: Partial<TransportSettings>;
  log?: LogBook;
  service?: 'inventory' | 'checkout';
}

export function callersOf(addresses: string[], options: CallerOptions = {}): Peers {
  const { key = KEY, tls = 'auto', settings = {}, log = new LogBook(), service = 'inventory' } = options;
  return connectPeers({ service, addresses, key, tls, logger: log, settings });
}

/** A remote inventory whose connections are up. */
export async function inventoryAt(addresses: string[], options: CallerOptions = {}) {
  const peers = callersOf(addresses, options);
  if (!(await peers.ready(5_000))) throw new Error('no peer came up');
  return { peers, inventory: new RemoteInventory(peers) };
}

let keys = 0;

export function placeCommand(dropId: string, wish: Partial<PlaceHold> = {}): PlaceHold {
  keys += 1;
  const lines = [{ sku: 'TEE-M', quantity: 1 }];
  return { dropId, customerId: 'cus_1', key: `key-${keys}`, bodyHash: 'ab'.repeat(32), lines, ...wish };
}

/** The hold that a command asks for, as inventory would show it. */
export function holdOf({ dropId, customerId, key, lines }: PlaceHold): Hold {
  const price = { amountMinor: 12_900, currency: 'EUR' };
  return {
    id: deriveHoldId({ dropId, customerId, route: `POST /v1/drops/${dropId}/holds`, key }),
    dropId,
    customerId,
    state: 'held',
    lines: lines.map((line) => ({ ...line, price })),
    total: { amountMinor: 12_900, currency: 'EUR' },
    expiresAt: '2026-11-22T12:05:00.000Z',
    createdAt: '2026-11-22T12:00:00.000Z',
  };
}

/** Stands between a caller and a service and does what machines and networks do: stops, loses answers, cuts. */
export class ServiceProxy {
  /** Called with what the service sends; true loses it and cuts the connection. */
  loseAnswer: (bytes: Buffer) => boolean = () => false;
  connections = 0;
  private stalled = false;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly address: string,
  ) {}

  static async start(target: string): Promise<ServiceProxy> {
    const [host, port] = target.split(':') as [string, string];
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const proxy = new ServiceProxy(server, `127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.on('connection', (client) => proxy.join(client, connect(Number(port), host)));
    return proxy;
  }

  /** Connections stay open, new ones are taken, and nothing is ever said: what SIGSTOP does to a process. */
  stall(): void {
    this.stalled = true;
  }

  resume(): void {
    this.stalled = false;
    for (const socket of this.sockets) socket.resume();
  }

  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(client: Socket, service: Socket): void {
    this.connections += 1;
    const end = () => {
      client.destroy();
      service.destroy();
    };
    for (const socket of [client, service]) {
      this.sockets.add(socket);
      socket.on('error', end).on('close', () => {
        this.sockets.delete(socket);
        end();
      });
    }
    const pass = (from: Socket, to: Socket, lost: (bytes: Buffer) => boolean) =>
      from.on('data', (bytes: Buffer) => {
        if (this.stalled) {
          from.pause();
          from.unshift(bytes);
        } else if (lost(bytes)) end();
        else to.write(bytes);
      });
    pass(client, service, () => false);
    pass(service, client, (bytes) => this.loseAnswer(bytes));
  }
}
