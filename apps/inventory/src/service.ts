import type { INestMicroservice } from '@nestjs/common';
import type { Env } from '@holdfast/config';
import type { ChangeStream } from '@holdfast/messaging';
import type { Lifetime, OpsCheck } from '@holdfast/process';
import { RedisConnection, redisStatus } from '@holdfast/redis';
import { startService } from '@holdfast/service';
import type { Inventory } from './inventory';
import { INVENTORY } from './inventory.module';
import { InventoryServiceModule } from './service.module';

/** Starts an instance of inventory, which runs until `life` ends. */
export function start(env: Env, life: Lifetime): Promise<void> {
  return startService(
    { name: 'inventory', module: (parts) => InventoryServiceModule.with(parts), checks },
    env,
    life,
  );
}

function checks(app: INestMicroservice): OpsCheck[] {
  const inventory = app.get<Inventory>(INVENTORY);
  const redis = app.get(RedisConnection);
  const { stream } = inventory.adapters;
  return [
    { name: 'ledger', needed: true, probe: () => inventory.pingLedger().then(() => ({})) },
    // Without them sales continue through the ledger alone, with counts that are marked stale.
    { name: 'redis', needed: false, probe: async () => alive(await redisStatus(redis)) },
    { name: 'stream', needed: false, probe: async () => flowing(stream) },
  ];
}

function alive(status: Awaited<ReturnType<typeof redisStatus>>): Record<string, unknown> {
  if (status.state === 'down') throw new Error('does not answer');
  const { state, version } = status;
  return { state, version };
}

function flowing(stream: ChangeStream): Record<string, unknown> {
  const { connected, lagMs } = stream.status();
  if (!connected) throw new Error('no changes arrive');
  return { lagMs };
}
