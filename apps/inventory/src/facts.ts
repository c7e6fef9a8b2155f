import type { ServiceConfig } from '@holdfast/config';
import type { ChangeRecord } from '@holdfast/contracts';
import { type Background, PeriodicWorker } from '@holdfast/kernel';
import { KafkaChangeStream } from '@holdfast/messaging';
import { openPool, ROLES } from '@holdfast/postgres';
import { factsSource } from './adapters/kafka/stream-source';
import { LedgerFactCounts } from './adapters/postgres/facts/ledger-fact-counts';
import { CountFacts, INBOX_PURGE_EVERY_MS } from './application/projector/count-facts';
import type { Core } from './core';

const POOL_MAX = 2; // the current batch, and the purge

/** Counts the facts that come from Kafka, as background work of the cluster mode. */
export function buildFacts(
  { kafkaBrokers, kafkaSecurity, databaseUrl }: ServiceConfig,
  { metrics, logger }: Core,
): Background {
  const log = logger.child({ part: 'facts' });
  const pool = openPool({
    url: databaseUrl ?? '',
    role: ROLES.inventory,
    max: POOL_MAX,
    name: 'holdfast-facts',
  });
  const stream = new KafkaChangeStream(factsSource({ brokers: kafkaBrokers, security: kafkaSecurity }), log);
  const counted = metrics.counter('holdfast_facts_total', 'Facts of drops that this instance counted', [
    'type',
  ]);
  const putAside = (record: ChangeRecord, reason: string) => {
    log.error({ topic: record.topic, key: record.key, reason }, 'fact could not be decoded');
    void stream.putAside(record, reason);
  };
  const facts = new CountFacts(
    new LedgerFactCounts(pool),
    (type, count) => counted.inc({ type }, count),
    putAside,
  );
  const purge = new PeriodicWorker({
    everyMs: INBOX_PURGE_EVERY_MS,
    run: async () => void (await facts.forgetOldEntries()),
    onError: (error) =>
      log.warn({ reason: String(error) }, 'old inbox entries could not be removed, retrying'),
  });
  let starting: Promise<void> | null = null;
  return {
    /** Does not delay the start of the product. */
    start: () => {
      starting = stream.start((records) => facts.apply(records));
      purge.start();
    },
    stop: async () => {
      await Promise.all([purge.stop(), stream.stop()]);
      await starting;
    },
    close: () => pool.end(),
  };
}
