import { NestFactory } from '@nestjs/core';
import type { DynamicModule, INestMicroservice } from '@nestjs/common';
import type { Env, ServiceName } from '@holdfast/config';
import { Metrics, NestLogger } from '@holdfast/observability';
import { type Lifetime, type OpsCheck, StartError } from '@holdfast/process';
import { transportServer } from '@holdfast/transport';
import { takeLedger } from './ledger-of-service';
import { openOps, openService, type ServiceParts } from './service-parts';

export interface Service {
  name: Exclude<ServiceName, 'gateway' | 'rehearsals'>;
  module: (parts: ServiceParts) => DynamicModule;
  /** Checks for the ops address. */
  checks: (app: INestMicroservice) => readonly OpsCheck[];
}

/** Starts a service that others call over TCP. Its ops address reports when it is ready. */
export async function startService(service: Service, env: Env, life: Lifetime): Promise<void> {
  const parts = openService(env, service.name, life);
  const { config, key, log } = parts;
  await takeLedger(parts, life);
  const { strategy } = transportServer({ listen: config.listen, key, tls: config.tls, logger: log });
  const app = await NestFactory.createMicroservice(service.module(parts), {
    strategy,
    logger: new NestLogger(log),
    abortOnError: false,
  });
  life.onEnd(service.name, () => app.close());
  life.checkpoint();
  await app.listen().catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error;
    throw new StartError(`${config.listen} is in use by another program: set HOLDFAST_LISTEN`);
  });
  await openOps(parts, life, app.get(Metrics), service.checks(app));
  log.info({ listen: strategy.address }, `${service.name} is ready`);
}
