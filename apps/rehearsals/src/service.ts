import { NestFactory } from '@nestjs/core';
import type { INestApplicationContext } from '@nestjs/common';
import type { Env } from '@holdfast/config';
import { Metrics, NestLogger } from '@holdfast/observability';
import type { Lifetime, OpsCheck } from '@holdfast/process';
import { openOps, openService } from '@holdfast/service';
import { Peers } from '@holdfast/transport';
import { RehearsalsServiceModule } from './service.module';

/** Starts the runner; it takes over rehearsals until `life` ends. */
export async function start(env: Env, life: Lifetime): Promise<void> {
  const parts = openService(env, 'rehearsals', life);
  const app = await NestFactory.createApplicationContext(RehearsalsServiceModule.with(parts), {
    logger: new NestLogger(parts.log),
    abortOnError: false,
  });
  life.onEnd('rehearsals', () => app.close());
  life.checkpoint();
  await openOps(parts, life, app.get(Metrics), checks(app));
  parts.log.info({}, 'rehearsals is ready');
}

function checks(app: INestApplicationContext): OpsCheck[] {
  const inventory = app.get(Peers, { strict: false });
  // Shoppers need no runner, so it is ready whether or not inventory is there.
  return [{ name: 'inventory', needed: false, probe: async () => ({ peers: inventory.status() }) }];
}
