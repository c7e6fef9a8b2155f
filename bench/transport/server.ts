import type { AddressInfo, Server } from 'node:net';
import { Controller } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MessagePattern, Payload, ServerTCP } from '@nestjs/microservices';
import {
  type Hold,
  INVENTORY_ROLES,
  type PlaceHold,
  type PlaceOutcome,
  type ShopperHolds,
} from '@holdfast/contracts';
import { deriveHoldId } from '@holdfast/kernel';
import { Logger, silentLogger } from '@holdfast/observability';
import { type TlsSetting, transportServer } from '@holdfast/transport';
import { INVENTORY_SERVER } from '../../apps/inventory/src/entrypoints/tcp/inventory.server';

export const BENCH_KEY = 'a key for the bench of the transport';
export const BARE = 'bare';

/** Answers at once with a hold, so that what is measured is the way there and back. The hold's id is made once for each drop and customer. */
const ids = new Map<string, string>();
function holdOf({ dropId, customerId, lines }: PlaceHold): Hold {
  const scope = { dropId, customerId, route: 'bench', key: 'bench' };
  const id = ids.get(dropId) ?? deriveHoldId(scope);
  ids.set(dropId, id);
  const price = { amountMinor: 12_900, currency: 'EUR' };
  return {
    id,
    dropId,
    customerId,
    state: 'held',
    lines: lines.map(({ sku, quantity }) => ({ sku, quantity, price })),
    total: price,
    expiresAt: '2026-11-22T12:05:00.000Z',
    createdAt: '2026-11-22T12:00:00.000Z',
  };
}

class BenchModule {}

/** Nest's transport and nothing else: no check, no joining, no deadline. What ours is compared with. */
@Controller()
class BareServer {
  @MessagePattern(BARE)
  calls(@Payload() commands: PlaceHold[]): PlaceOutcome[] {
    return commands.map((command) => ({ kind: 'held', hold: holdOf(command), replayed: false }));
  }
}

/** Serves until the parent ends it; tells its address and, when asked, its CPU time. */
async function serve(tls: TlsSetting, bare: boolean): Promise<void> {
  const inventory: Partial<ShopperHolds> = {
    placeHold: async (command) => ({ kind: 'held', hold: holdOf(command), replayed: false }),
  };
  const ours = transportServer({ listen: '127.0.0.1:0', key: BENCH_KEY, tls, logger: silentLogger() });
  const nests = { strategy: new ServerTCP({ host: '127.0.0.1', port: 0 }) };
  const app = await NestFactory.createMicroservice(
    {
      module: BenchModule,
      controllers: bare ? [BareServer] : INVENTORY_SERVER.controllers,
      providers: [
        ...Object.values(INVENTORY_ROLES).map((provide) => ({ provide, useValue: inventory })),
        ...INVENTORY_SERVER.providers,
        { provide: Logger, useValue: silentLogger() },
      ],
    },
    { ...(bare ? nests : ours), logger: false },
  );
  await app.listen();
  const { port } = (bare ? nests : ours).strategy.unwrap<Server>().address() as AddressInfo;
  process.send?.({ address: `127.0.0.1:${port}` });
  process.on('message', () => process.send?.({ cpu: process.cpuUsage() }));
  process.on('disconnect', () => process.exit(0));
}

if (require.main === module) void serve(process.argv[2] === 'on' ? 'on' : 'off', process.argv[3] === 'bare');
