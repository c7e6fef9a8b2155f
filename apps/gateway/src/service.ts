import { CheckoutClient, InventoryClient, StockView } from '@holdfast/contracts';
import type { Env, ServiceConfig } from '@holdfast/config';
import { Metrics } from '@holdfast/observability';
import { type Lifetime, type OpsCheck, StartError } from '@holdfast/process';
import { RedisConnection, redisStatus } from '@holdfast/redis';
import { openOps, openService } from '@holdfast/service';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createGatewayApp } from './bootstrap';
import { closeApp } from './close-app';
import { ClusterGatewayModule } from './cluster.module';

/** Names of nothing, so that a probe costs one look-up by primary key. */
const NO_DROP = 'd0000000';
const NO_ORDER = { orderId: `${NO_DROP}-o${'0'.repeat(26)}`, customerId: `cus_${'0'.repeat(26)}` };

/** Starts a gateway of the cluster mode; it serves shoppers until `life` ends. */
export async function start(env: Env, life: Lifetime): Promise<void> {
  const parts = openService(env, 'gateway', life);
  const { config, log } = parts;
  const app = await createGatewayApp(ClusterGatewayModule.with(parts), config);
  life.onEnd('gateway', () => closeApp(app, log));
  life.checkpoint();
  await listen(app, config);
  await openOps(parts, life, app.get(Metrics), checks(app));
  log.info({ host: config.host, port: config.port }, 'gateway is ready');
}

async function listen(app: NestFastifyApplication, { host, port }: ServiceConfig): Promise<void> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new StartError(`port ${port} on ${host} is in use by another program: set PORT`);
  }
}

function checks(app: NestFastifyApplication): OpsCheck[] {
  const inventory = app.get(InventoryClient, { strict: false });
  const checkout = app.get(CheckoutClient, { strict: false });
  const redis = app.get(RedisConnection, { strict: false });
  const view = app.get(StockView, { strict: false });
  return [
    {
      name: 'inventory',
      needed: true,
      probe: async () => ({ found: (await inventory.getDrop(NO_DROP)) !== null }),
    },
    {
      name: 'checkout',
      needed: true,
      probe: async () => ({ found: (await checkout.getOrder(NO_ORDER)) !== null }),
    },
    // Without Redis, or behind the ledger, shoppers see counts that are marked stale, and can buy.
    { name: 'redis', needed: false, probe: async () => ({ ...(await redisStatus(redis)) }) },
    { name: 'stream', needed: false, probe: async () => ({ ...(await view.freshness()) }) },
  ];
}
