import type { Provider } from '@nestjs/common';
import { ServiceConfig } from '@holdfast/config';
import { LiveFeed, StockView } from '@holdfast/contracts';
import { Clock, randomId } from '@holdfast/kernel';
import { ChangeStream, KafkaChangeStream } from '@holdfast/messaging';
import { Logger, Metrics } from '@holdfast/observability';
import { RedisConnection, RedisLiveFeed } from '@holdfast/redis';
import { redisProviders } from '@holdfast/service';
import { projectorSource } from './adapters/kafka/stream-source';
import { NoGate } from './adapters/memory/no-gate';
import type { PostgresLedger } from './adapters/postgres/ledger';
import { RedisGate } from './adapters/redis/gate/redis-gate';
import { RedisStockView } from './adapters/redis/view/redis-stock-view';
import { KeepSharedView } from './application/keep-shared-view';
import { CountsReader } from './application/ports/counts-reader.port';
import { DropUpkeep } from './application/ports/drop-upkeep.port';
import { Gate } from './application/ports/gate.port';
import { Ledger } from './application/ports/ledger.port';
import { SharedStockView } from './application/ports/shared-stock-view.port';
import { ViewKeeper } from './application/ports/view-keeper.port';
import { ReadStock } from './application/read-stock';
import { factsProviders } from './facts.providers';

function makeGate(
  { gate }: ServiceConfig,
  redis: RedisConnection,
  clock: Clock,
  source: PostgresLedger,
  logger: Logger,
  metrics: Metrics,
): Gate {
  if (!gate) return new NoGate();
  const made = new RedisGate({ redis, clock, source, logger: logger.child({ part: 'gate' }) });
  metrics.counterOf(
    'holdfast_gate_admitted_total',
    'Places let through to the ledger and counted',
    () => made.counts.admitted,
  );
  metrics.counterOf(
    'holdfast_gate_asked_total',
    'Places sent on to the ledger uncounted: replays, limits, doubts',
    () => made.counts.asked,
  );
  metrics.counterOf(
    'holdfast_gate_unseen_total',
    'Places sent on because the gate could not look',
    () => made.counts.unseen,
  );
  metrics.counterOf(
    'holdfast_gate_waited_total',
    'Places told to wait for the answers of others',
    () => made.counts.waited,
  );
  metrics.counterOf('holdfast_gate_short_total', 'Places refused as sold out', () => made.counts.short);
  metrics.counterOf(
    'holdfast_gate_failed_calls_total',
    'Calls to Redis that failed',
    () => made.counts.failedCalls,
  );
  metrics.counterOf(
    'holdfast_gate_seedings_total',
    'Drops loaded from the ledger',
    () => made.counts.seedings,
  );
  return made;
}

function makeView(redis: RedisConnection, upkeep: DropUpkeep, logger: Logger): SharedStockView {
  const log = logger.child({ part: 'view' });
  return new RedisStockView({
    redis,
    stockOf: (dropId) => upkeep.stockOf(dropId),
    newName: randomId,
    onTrouble: (reason) => log.debug({ reason }, 'rows could not be put into the view: it is loaded again'),
  });
}

function makeKeeper(
  view: SharedStockView,
  upkeep: DropUpkeep,
  stream: ChangeStream,
  gate: Gate,
  clock: Clock,
  logger: Logger,
): ViewKeeper {
  const log = logger.child({ part: 'view' });
  return new KeepSharedView({
    view,
    upkeep,
    lagMs: () => stream.status().lagMs,
    heal: (rows) => gate.heal(rows, 'ledger'),
    clock,
    onTrouble: (reason) =>
      reason === null
        ? log.info({}, 'the stock view is whole again')
        : log.warn({ reason }, 'the stock view cannot be kept up'),
  });
}

function makeStream(
  { kafkaBrokers: brokers, kafkaSecurity: security, instance, databaseUrl }: ServiceConfig,
  logger: Logger,
  metrics: Metrics,
): ChangeStream {
  const source = projectorSource({ brokers, security, instance, databaseUrl: databaseUrl ?? '' });
  const stream = new KafkaChangeStream(source, logger.child({ part: 'stream' }));
  metrics.counterOf('holdfast_stream_dead_letters_total', 'Records put aside', () => stream.deadLetters.kept);
  metrics.counterOf(
    'holdfast_stream_lost_letters_total',
    'Records that could not even be put aside',
    () => stream.deadLetters.lost,
  );
  metrics.counterOf('holdfast_stream_restarts_total', 'Consumers replaced', () => stream.restarts);
  return stream;
}

/** Gate and view in Redis, shared by all instances; the change stream from Kafka. */
export const clusterAdapters: Provider[] = [
  ...redisProviders,
  ...factsProviders,
  {
    provide: Gate,
    inject: [ServiceConfig, RedisConnection, Clock, Ledger, Logger, Metrics],
    useFactory: makeGate,
  },
  { provide: SharedStockView, inject: [RedisConnection, DropUpkeep, Logger], useFactory: makeView },
  { provide: StockView, useExisting: SharedStockView },
  {
    provide: ViewKeeper,
    inject: [SharedStockView, DropUpkeep, ChangeStream, Gate, Clock, Logger],
    useFactory: makeKeeper,
  },
  {
    provide: CountsReader,
    inject: [DropUpkeep, SharedStockView],
    useFactory: (upkeep: DropUpkeep, view: SharedStockView) => new ReadStock(upkeep, view),
  },
  {
    provide: LiveFeed,
    inject: [RedisConnection, Logger],
    useFactory: (redis: RedisConnection, logger: Logger) =>
      new RedisLiveFeed({
        redis,
        onFault: (fault) => logger.debug({ fault: String(fault) }, 'a live message was lost'),
      }),
  },
  {
    provide: ChangeStream,
    inject: [ServiceConfig, Logger, Metrics],
    useFactory: makeStream,
  },
];
