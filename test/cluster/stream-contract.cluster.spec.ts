import { KafkaChangeStream, type KafkaSource } from '@holdfast/messaging';
import { silentLogger } from '@holdfast/observability';
import { projectorSource, STREAM_TOPICS } from '../../apps/inventory/src/adapters/kafka/stream-source';
import { MerchantDrops } from '../support/merchant-drops';
import { changeStreamContract } from '../contract/change-stream.contract';
import { adminPool } from '../integration/stream-support';
import { createLedger } from '../support/database';
import { StreamServers } from '../support/stream-servers';

jest.setTimeout(180_000);

changeStreamContract('Debezium and Kafka', async () => {
  const ledger = await createLedger('change_stream_kafka');
  const servers = await StreamServers.start(ledger.url);
  const pool = adminPool(ledger.url);
  const catalogue = new MerchantDrops(pool);
  const projector = projectorSource({
    ...servers.access,
    instance: 'contract',
    databaseUrl: ledger.url,
  });
  // The contract is about state and facts; the product reads them in two groups.
  const source: KafkaSource = { ...projector, topics: [...projector.topics, ...STREAM_TOPICS.facts] };
  return {
    open: () => new KafkaChangeStream(source, silentLogger()),
    query: async (text, values) => (await pool.query(text, values)).rows,
    createDrop: async (drop) => (await catalogue.create(drop)).drop.id,
    close: async () => {
      await servers.stop();
      await pool.end();
      await ledger.drop();
    },
  };
});
