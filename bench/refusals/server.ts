import type { AddressInfo } from 'node:net';
import { NestFactory } from '@nestjs/core';
import { INVENTORY_ROLES, type Shortage } from '@holdfast/contracts';
import { SystemClock } from '@holdfast/kernel';
import { Logger, silentLogger } from '@holdfast/observability';
import { connectPeers, remoteInventory, transportServer } from '@holdfast/transport';
import fastify from 'fastify';
import { LatchedHolds } from '../../apps/gateway/src/adapters/latch/latched-holds';
import { INVENTORY_SERVER } from '../../apps/inventory/src/entrypoints/tcp/inventory.server';
import { DROP_ID, FakeBackend, startEdge } from '../../test/support/fake-edge';

// One side of the bench, in a process of its own: `echo`, `inventory`, `gateway <inventory>` or `latched <inventory>`.
const KEY = 'a key for the bench of the latch!';

/** Everything is sold out here, and has been certified so. */
const soldOut = {
  placeHold: () => Promise.resolve({ kind: 'refused', reason: 'sold-out', shortLines: [0] } as const),
  shortageOf: (): Promise<Shortage> =>
    Promise.resolve({
      dropId: DROP_ID,
      perCustomerLimit: 4,
      openForMs: null,
      available: [{ sku: 'TEE-M', units: 0 }],
      customers: Array.from({ length: 2_000 }, (_, i) => `cus_${String(i).padStart(26, '0')}`),
    }),
};

class BenchModule {}

let latch: LatchedHolds | null = null;

async function echo(): Promise<string> {
  const app = fastify();
  app.post('*', (request, reply) => reply.send(request.body));
  return app.listen({ host: '127.0.0.1', port: 0 });
}

async function inventory(): Promise<string> {
  const { strategy } = transportServer({
    listen: '127.0.0.1:0',
    key: KEY,
    tls: 'off',
    logger: silentLogger(),
  });
  const app = await NestFactory.createMicroservice(
    {
      module: BenchModule,
      controllers: INVENTORY_SERVER.controllers,
      providers: [
        ...Object.values(INVENTORY_ROLES).map((provide) => ({ provide, useValue: soldOut })),
        ...INVENTORY_SERVER.providers,
        { provide: Logger, useValue: silentLogger() },
      ],
    },
    { strategy, logger: false },
  );
  await app.listen();
  return `127.0.0.1:${(strategy.unwrap<import('node:net').Server>().address() as AddressInfo).port}`;
}

async function gateway(address: string, latched: boolean): Promise<string> {
  const backend = new FakeBackend();
  const peers = connectPeers({
    service: 'inventory',
    addresses: [address],
    key: KEY,
    tls: 'off',
    logger: silentLogger(),
  });
  const remote = remoteInventory(peers);
  if (latched) latch = new LatchedHolds(remote, remote, backend.feed, new SystemClock());
  const holds = latch ?? remote;
  Object.assign(backend.inventory, { placeHold: (command: never) => holds.placeHold(command) });
  const app = await startEdge(backend);
  await app.listen({ host: '127.0.0.1', port: 0 });
  return app.getUrl();
}

async function serve([kind, address = '']: string[]): Promise<void> {
  const url =
    kind === 'echo'
      ? await echo()
      : kind === 'inventory'
        ? await inventory()
        : await gateway(address, kind === 'latched');
  process.send?.({ url });
  process.on('message', () =>
    process.send?.({ cpu: process.cpuUsage(), fromMemory: latch?.counts.refused ?? 0 }),
  );
  process.on('disconnect', () => process.exit(0));
}

void serve(process.argv.slice(2));
