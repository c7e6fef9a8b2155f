import type { Provider } from '@nestjs/common';
import { ServiceConfig } from '@holdfast/config';
import type { ChangeRecord } from '@holdfast/contracts';
import { KafkaChangeStream } from '@holdfast/messaging';
import { Logger, Metrics } from '@holdfast/observability';
import { openPool, ROLES } from '@holdfast/postgres';
import { factsSource } from './adapters/kafka/stream-source';
import { LedgerFactCounts } from './adapters/postgres/facts/ledger-fact-counts';
import { CountFacts, INBOX_PURGE_EVERY_MS } from './application/count-facts';
import { SteadyWorker } from './application/steady-worker';
import { FactWorkers } from './entrypoints/fact-workers';

const POOL_MAX = 2; // the batch in hand, and the purge

function makeWorkers(config: ServiceConfig, metrics: Metrics, logger: Logger): FactWorkers {
  const log = logger.child({ part: 'facts' });
  const pool = openPool({
    url: config.databaseUrl ?? '',
    role: ROLES.inventory,
    max: POOL_MAX,
    name: 'holdfast-facts',
  });
  const stream = new KafkaChangeStream(
    factsSource({ brokers: config.kafkaBrokers, security: config.kafkaSecurity }),
    log,
  );
  const counted = metrics.counter('holdfast_facts_total', 'Facts of drops that this instance counted', [
    'type',
  ]);
  const putAside = (record: ChangeRecord, reason: string) => {
    log.error({ topic: record.topic, key: record.key, reason }, 'a fact could not be read');
    void stream.putAside(record, reason);
  };
  const facts = new CountFacts(
    new LedgerFactCounts(pool),
    (type, count) => counted.inc({ type }, count),
    putAside,
  );
  const trouble = (error: unknown) =>
    log.warn({ reason: String(error) }, 'old entries of the inbox could not be forgotten');
  const purge = new SteadyWorker(
    INBOX_PURGE_EVERY_MS,
    async () => void (await facts.forgetOldEntries()),
    trouble,
  );
  return new FactWorkers(stream, facts, purge, pool);
}

/** Counts of facts from Kafka: for the cluster mode. Needs `ServiceConfig`, `Metrics` and `Logger`. */
export const factsProviders: Provider[] = [
  { provide: FactWorkers, inject: [ServiceConfig, Metrics, Logger], useFactory: makeWorkers },
];
