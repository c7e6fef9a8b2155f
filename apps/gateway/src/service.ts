import type { Env, ServiceConfig } from '@holdfast/config';
import { Metrics } from '@holdfast/observability';
import { type Lifetime, StartError } from '@holdfast/process';
import { openOps, openService } from '@holdfast/service';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { acceptMore, createGatewayApp } from './bootstrap';
import { closeApp } from './close-app';
import { ClusterGatewayModule } from './cluster.module';
import { ReadinessChecks } from './entrypoints/http/server/readiness-checks';

/** Starts a gateway of the cluster mode; it serves shoppers until `life` ends. */
export async function start(env: Env, life: Lifetime): Promise<void> {
  const parts = openService(env, 'gateway', life);
  const { config, log } = parts;
  const app = await createGatewayApp(ClusterGatewayModule.with(parts), config);
  life.onEnd('gateway', () => closeApp(app, log));
  life.checkpoint();
  await listen(app, config);
  await openOps(parts, life, app.get(Metrics), app.get(ReadinessChecks, { strict: false }).list);
  log.info({ host: config.host, port: config.port }, 'gateway is ready');
}

async function listen(app: NestFastifyApplication, { host, port }: ServiceConfig): Promise<void> {
  try {
    await app.listen({ host, port });
    acceptMore(app);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new StartError(`port ${port} on ${host} is in use by another program: set PORT`);
  }
}
