import type { Provider } from '@nestjs/common';
import { Runtime } from '@holdfast/config';
import { CheckoutClient, Drops, StockView } from '@holdfast/contracts';
import { Clock, made } from '@holdfast/kernel';
import { Logger, Metrics } from '@holdfast/observability';
import { RedisConnection, redisStatus } from '@holdfast/redis';
import { WorkerProductFiles } from './adapters/imports/worker-product-files';
import { LeasedLimits } from './adapters/limits/leased-limits';
import { RedisBudgets } from './adapters/limits/redis-budgets';
import { SharingState } from './adapters/limits/sharing-state';
import { RedisFamilies } from './adapters/sessions/redis-families';
import { LimitStore } from './application/ports/limit-store.port';
import { ProductFiles } from './application/ports/product-files.port';
import { SessionFamilies } from './application/ports/session-families.port';
import { ReadinessChecks } from './entrypoints/http/server/readiness-checks';

/** Limits and guest sessions shared by all gateways in Redis; readiness asks the other services. */
export const clusterAdapters: Provider[] = [
  {
    provide: LimitStore,
    inject: [RedisConnection, Runtime, Clock, Logger, Metrics],
    useFactory: (
      redis: RedisConnection,
      { secrets }: Runtime,
      clock: Clock,
      logger: Logger,
      metrics: Metrics,
    ) =>
      new LeasedLimits(
        new RedisBudgets(redis, secrets.sessionKey),
        clock,
        new SharingState(clock, logger, metrics),
      ),
  },
  { ...made(RedisFamilies, [RedisConnection, Clock]), provide: SessionFamilies },
  { provide: ProductFiles, useClass: WorkerProductFiles },
  {
    provide: ReadinessChecks,
    inject: [Drops, CheckoutClient, StockView, RedisConnection],
    useFactory: (drops: Drops, checkout: CheckoutClient, stock: StockView, redis: RedisConnection) =>
      ReadinessChecks.ofCluster({ drops, checkout, stock, redis: () => redisStatus(redis) }),
  },
];
