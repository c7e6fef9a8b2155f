import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  ACCOUNTS_ROLES,
  type AccountsCalls,
  CHECKOUT_ROLES,
  type CheckoutClient,
  type Hold,
  INVENTORY_ROLES,
  type InventoryCalls,
  type PlaceHold,
  type Roles,
} from '@holdfast/contracts';
import { deriveHoldId } from '@holdfast/kernel';
import { createLogger, Logger, NestLogger } from '@holdfast/observability';
import { freePort } from '@holdfast/process';
import { waitFor } from '@holdfast/testing';
import {
  type CallServer,
  connectPeers,
  type Peers,
  remoteInventory,
  transportServer,
  type TlsSetting,
  type TransportSettings,
} from '@holdfast/transport';
import { ACCOUNTS_SERVER } from '../../apps/accounts/src/entrypoints/tcp/accounts.server';
import { CHECKOUT_SERVER } from '../../apps/checkout/src/entrypoints/tcp/checkout.server';
import { INVENTORY_SERVER } from '../../apps/inventory/src/entrypoints/tcp/inventory.server';

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
  entrypoint: CallServer,
  roles: Roles,
  service: object,
  { listen = '127.0.0.1:0', key = KEY, tls = 'auto', controller }: ServiceOptions,
) {
  class ServiceModule {}
  const log = new LogBook();
  const server = transportServer({ listen, key, tls, logger: log });
  const app = await NestFactory.createMicroservice(
    {
      module: ServiceModule,
      controllers: controller ? [controller] : entrypoint.controllers,
      providers: [
        ...Object.values(roles).map((provide) => ({ provide, useValue: service })),
        ...entrypoint.providers,
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

export const startInventory = (service: Partial<InventoryCalls>, options: ServiceOptions = {}) =>
  startService(INVENTORY_SERVER, INVENTORY_ROLES, service, options);

export const startCheckout = (service: Partial<CheckoutClient>, options: ServiceOptions = {}) =>
  startService(CHECKOUT_SERVER, CHECKOUT_ROLES, service, options);

export const startAccounts = (service: Partial<AccountsCalls>, options: ServiceOptions = {}) =>
  startService(ACCOUNTS_SERVER, ACCOUNTS_ROLES, service, options);

export interface CallerOptions {
  key?: string;
  tls?: TlsSetting;
  settings?: Partial<TransportSettings>;
  log?: LogBook;
  service?: 'inventory' | 'checkout' | 'accounts';
}

export function callersOf(addresses: string[], options: CallerOptions = {}): Peers {
  const { key = KEY, tls = 'auto', settings = {}, log = new LogBook(), service = 'inventory' } = options;
  return connectPeers({ service, addresses, key, tls, logger: log, settings });
}

/** A remote inventory whose connections are up. */
export async function inventoryAt(addresses: string[], options: CallerOptions = {}) {
  const peers = callersOf(addresses, options);
  await waitFor('a peer', () => peers.usable);
  return { peers, inventory: remoteInventory(peers) };
}

let keys = 0;

export function placeCommand(dropId: string, wish: Partial<PlaceHold> = {}): PlaceHold {
  keys += 1;
  const lines = [{ sku: 'TEE-M', quantity: 1 }];
  return { dropId, customerId: 'cus_1', key: `key-${keys}`, fingerprint: 'ab'.repeat(32), lines, ...wish };
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
