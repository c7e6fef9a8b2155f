import type { ServiceConfig } from '@holdfast/config';
import { randomId } from '@holdfast/kernel';
import { KafkaChangeStream } from '@holdfast/messaging';
import { type RedisConnection, RedisLivePublisher } from '@holdfast/redis';
import { projectorSource } from './adapters/kafka/stream-source';
import { NoGate } from './adapters/memory/no-gate';
import { RedisGate } from './adapters/redis/gate/redis-gate';
import { RedisStockView } from './adapters/redis/view/redis-stock-view';
import type { Gate } from './application/ports/gate.port';
import { KeepSharedView } from './application/projector/keep-shared-view';
import { ReadStock } from './application/projector/read-stock';
import type { Adapters, Core } from './core';
import { buildFacts } from './facts';

/** Gate and view in Redis, shared by all instances; the change stream from Kafka. */
export function clusterAdapters(core: Core, config: ServiceConfig, redis: RedisConnection): Adapters {
  const { upkeep, clock, logger } = core;
  const log = logger.child({ part: 'view' });
  const gate = makeGate(core, config, redis);
  const stream = makeStream(core, config);
  const view = new RedisStockView({
    redis,
    stockOf: (dropId) => upkeep.stockOf(dropId),
    newName: randomId,
    onTrouble: (reason) => log.debug({ reason }, 'rows could not be written to the stock view, reloading it'),
  });
  return {
    gate,
    stream,
    view,
    publisher: new RedisLivePublisher(redis, (fault) =>
      logger.debug({ fault: String(fault) }, 'live message lost'),
    ),
    keeper: new KeepSharedView({
      view,
      upkeep,
      lagMs: () => stream.status().lagMs,
      heal: (rows) => gate.heal(rows, 'ledger'),
      clock,
      onTrouble: (reason) =>
        reason === null
          ? log.info({}, 'stock view is in sync again')
          : log.warn({ reason }, 'stock view cannot be updated, retrying'),
    }),
    counts: new ReadStock(upkeep, view),
    background: buildFacts(config, core),
  };
}

function makeGate(
  { clock, ledger, logger, metrics }: Core,
  { gate }: ServiceConfig,
  redis: RedisConnection,
): Gate {
  if (!gate) return new NoGate();
  const made = new RedisGate({ redis, clock, source: ledger, logger: logger.child({ part: 'gate' }) });
  metrics.counterOf(
    'holdfast_gate_admitted_total',
    'Places admitted to the ledger and counted as in flight',
    () => made.counts.admitted,
  );
  metrics.counterOf(
    'holdfast_gate_asked_total',
    'Places sent to the ledger without being counted: replays, limits, probes',
    () => made.counts.asked,
  );
  metrics.counterOf(
    'holdfast_gate_unseen_total',
    'Places sent to the ledger because the gate could not be asked',
    () => made.counts.unseen,
  );
  metrics.counterOf(
    'holdfast_gate_waited_total',
    'Decisions that a place waits for the answers of others',
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
    'Drops seeded from the ledger',
    () => made.counts.seedings,
  );
  return made;
}

function makeStream(
  { logger, metrics }: Core,
  { kafkaBrokers: brokers, kafkaSecurity: security, instance, databaseUrl }: ServiceConfig,
): KafkaChangeStream {
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
