import { KafkaChangeStream, type KafkaSource } from '@holdfast/messaging';
import { silentLogger } from '@holdfast/observability';
import { projectorSource, STREAM_TOPICS } from '../../apps/inventory/src/adapters/kafka/stream-source';
import { changeStreamContract } from '../contract/change-stream.contract';
import { MerchantDrops } from '../support/merchant-drops';
import { startStreamLab, type StreamLab } from '../support/stream-lab';
import { streamFaults } from './stream/faults';
import { streamBehindFailingPostgres } from './stream/postgres';

jest.setTimeout(240_000);

// One PostgreSQL, Kafka and Kafka Connect for all: to start them takes longer than most of the tests. What breaks PostgreSQL comes last.
let lab: StreamLab;

beforeAll(async () => {
  lab = await startStreamLab();
});
afterAll(() => lab?.stop());

changeStreamContract('Debezium and Kafka', async () => {
  const { ledger, servers, pool } = lab;
  const catalogue = new MerchantDrops(pool);
  const projector = projectorSource({ ...servers.access, instance: 'contract', databaseUrl: ledger.url });
  // The contract is about state and facts; the product reads them in two groups.
  const source: KafkaSource = { ...projector, topics: [...projector.topics, ...STREAM_TOPICS.facts] };
  return {
    open: () => new KafkaChangeStream(source, silentLogger()),
    query: async (text, values) => (await pool.query(text, values)).rows,
    createDrop: async (drop) => (await catalogue.create(drop)).drop.id,
    close: async () => undefined,
  };
});

streamFaults(() => lab);

streamBehindFailingPostgres(() => lab);
