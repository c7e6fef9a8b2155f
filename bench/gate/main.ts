import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystemClock } from '@holdfast/kernel';
import { silentLogger } from '@holdfast/observability';
import { freePort } from '@holdfast/process';
import { openRedis } from '@holdfast/redis';
import { RedisGate } from '../../apps/inventory/src/adapters/redis/gate/redis-gate';
import { startRedis } from '../../apps/cluster/src/servers/redis';
import type { GateSale } from '../../apps/inventory/src/application/ports/gate-source.port';

const PLACES = 200_000;
const AT_ONCE = 256; // what arrives in a turn of the event loop of a busy gateway

const BUSY = { kind: 'busy', retryAfterSeconds: 1 } as const;

/** What a refusal at the gate costs: calls a second, CPU of this process and of Redis. */
async function main(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-bench-gate-'));
  const port = await freePort();
  const server = await startRedis({ dir, port });
  const redis = openRedis({ urls: [`redis://127.0.0.1:${port}`], name: 'bench', logger: silentLogger() });
  await new Promise<void>((ready) => redis.onUp(ready));
  const sale: GateSale = {
    open: true,
    opensInMs: null,
    closesInMs: null,
    perCustomerLimit: 4,
    available: new Map([['A', { units: 0, epoch: 1, version: 1 }]]),
  };
  const source = { saleOf: async () => sale, customersOf: async () => [] };
  const settings = { callDeadlineMs: 5_000, probeMs: 3_600_000 };
  const gate = new RedisGate({ redis, clock: new SystemClock(), source, logger: silentLogger(), settings });
  let n = 0;
  const place = () => {
    n += 1;
    const customerId = `cus_${n}`;
    const lines = [{ sku: 'A', quantity: 1 }];
    return gate.place({ dropId: 'dbench00', customerId, lines, holdId: () => customerId }, async () => BUSY);
  };
  while ((await place()).kind !== 'refused') await new Promise((later) => setTimeout(later, 5));
  const before = { at: performance.now(), cpu: process.cpuUsage(), redis: await redisCpu(redis) };
  for (let done = 0; done < PLACES; done += AT_ONCE)
    await Promise.all(Array.from({ length: AT_ONCE }, async () => place()));
  const seconds = (performance.now() - before.at) / 1_000;
  const { user, system } = process.cpuUsage(before.cpu);
  const perPlace = {
    placesPerSecond: Math.round(PLACES / seconds),
    processCpuMicros: Number(((user + system) / PLACES).toFixed(2)),
    redisCpuMicros: Number((((await redisCpu(redis)) - before.redis) / PLACES).toFixed(2)),
    refused: gate.counts.short,
    failedCalls: gate.counts.failedCalls,
  };
  console.log(JSON.stringify(perPlace));
  redis.close();
  await server.stop();
  rmSync(dir, { recursive: true, force: true });
}

async function redisCpu(redis: ReturnType<typeof openRedis>): Promise<number> {
  const info = await redis.nodes[0]!.info('cpu');
  const seconds = (name: string) => Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(info)?.[1]);
  return (seconds('used_cpu_user') + seconds('used_cpu_sys')) * 1_000_000;
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
