import { clientSecurity, KafkaChangeStream } from '@holdfast/messaging';
import { silentLogger } from '@holdfast/observability';
import { seededRandom, shuffled } from '@holdfast/kernel';
import { leastOf, unloaded, waitFor } from '@holdfast/testing';
import { Kafka, logLevel, type KafkaMessage, type Message } from 'kafkajs';
import type { Pool } from 'pg';
import { factsSource } from '../../../apps/inventory/src/adapters/kafka/stream-source';
import { LedgerFactCounts } from '../../../apps/inventory/src/adapters/postgres/facts/ledger-fact-counts';
import { MerchantDrops } from '../../support/merchant-drops';
import { CountFacts } from '../../../apps/inventory/src/application/projector/count-facts';
import { SOAK } from '../../support/seeds';
import type { OwnLedger } from '../../support/own-ledger';
import { Projector, streamDrop, Traffic } from '../../support/stream-projector';
import type { StreamLab } from '../../support/stream-lab';
import type { StreamServers } from '../../support/stream-servers';

const STOCK = 'holdfast.inventory.stock';
/** What is promised, and how long a test waits for it: what took too long is measured again, lest it was the machine. */
const KNOWS_MS_MAX = 3_000;
const CAUGHT_UP_MS_MAX = 10_000;
const PATIENCE_MS = 60_000;
const SKUS = ['A', 'B', 'C'];
// A group that somebody joins or leaves stands still for seconds.
const REBALANCED = { deadlineMs: 60_000, everyMs: 100 };
/** How long Kafka and Connect stay dead. The whole minute of the promise: HOLDFAST_STREAM_OUTAGE_MS=60000. */
const OUTAGE_MS = Number(process.env['HOLDFAST_STREAM_OUTAGE_MS'] ?? 12_000);
const SEED = Number(process.env['HOLDFAST_SEED'] ?? Date.now() % 1_000_000);

/** `lab` is there from the first `beforeAll` on. */
export function streamFaults(lab: () => StreamLab): void {
  describe(`the stock view behind Debezium and Kafka (seed ${SEED})`, () => {
    let ledger: OwnLedger;
    let servers: StreamServers;
    let pool: Pool;
    let kafka: Kafka;
    let projector: Projector;
    let dropId: string;
    const started: Projector[] = [];
    let traffic: Traffic;
    const projectorOf = async (instance: string) => {
      const it = new Projector(pool, { ...servers.access, instance, databaseUrl: ledger.url });
      started.push(it);
      await it.start();
      return it;
    };
    const create = async (skus: readonly string[] = SKUS) =>
      (await new MerchantDrops(pool).create(streamDrop(skus))).drop.id;

    beforeAll(async () => {
      ({ ledger, pool, servers } = lab());
      kafka = new Kafka({
        brokers: servers.brokers,
        ...clientSecurity(servers.security),
        logLevel: logLevel.NOTHING,
        retry: { initialRetryTime: 100 },
      });
      dropId = await create();
      projector = await projectorOf('steady');
    });
    afterAll(async () => {
      await Promise.all(started.map((it) => it.stream.stop()));
    });
    afterEach(async () => {
      await traffic?.stop();
      expect(started.flatMap((it) => it.wentBack)).toEqual([]);
    });

    /** Traffic, and a projector that keeps up with it: what is then broken was whole before. */
    async function startTraffic(): Promise<void> {
      traffic = new Traffic(pool, dropId, SKUS);
      await waitFor('some traffic', () => traffic.commits > 50);
      await waitFor('it keeps up', () => (projector.stream.status().lagMs ?? Infinity) < 2_000, {
        deadlineMs: 30_000,
      });
    }
    /** All that is in a topic by now, as it came. */
    async function recordsOf(topic: string): Promise<KafkaMessage[]> {
      const admin = kafka.admin();
      await admin.connect();
      const ends = await admin.fetchTopicOffsets(topic);
      await admin.disconnect();
      const wanted = ends.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0);
      const found: KafkaMessage[] = [];
      const consumer = kafka.consumer({ groupId: `reader-${Math.random()}`, maxWaitTimeInMs: 100 });
      await consumer.connect();
      await consumer.subscribe({ topic, fromBeginning: true });
      await consumer.run({ eachMessage: async ({ message }) => void found.push(message) });
      await waitFor(`${wanted} records of ${topic}`, () => found.length >= wanted, REBALANCED);
      await consumer.disconnect();
      return found;
    }
    async function produce(topic: string, messages: Message[]): Promise<void> {
      const producer = kafka.producer();
      await producer.connect();
      for (let at = 0; at < messages.length; at += 500)
        await producer.send({ topic, messages: messages.slice(at, at + 500) });
      await producer.disconnect();
    }
    const again = ({ key, value, headers }: KafkaMessage): Message => ({ key, value, headers });

    it('shows the rows of one COPY, which share their place in the log', async () => {
      const copied = await create(['first']);
      const skus = Array.from({ length: 300 }, (_, i) => `S${i}`);
      await pool.query(
        `INSERT INTO inventory.item (drop_id, sku, position, name, price_minor, currency)
         SELECT $1, sku, 9, sku, 1, 'EUR' FROM unnest($2::text[]) sku`,
        [copied, skus],
      );
      const columns = 'drop_id, sku, total, available, held, sold';
      await pool.query(
        `COPY inventory.stock (${columns}) FROM PROGRAM 'for n in $(seq 0 299); do echo ${copied},S$n,9,9,0,0; done' CSV`,
      );
      await projector.agrees(copied);
      expect(await projector.view.ofDrop(copied)).toHaveLength(301);
    });

    it('ends on the ledger when every record comes again, doubled and in random order, in the middle of traffic', async () => {
      await startTraffic();
      const recorded = await recordsOf(STOCK);
      const random = seededRandom(SEED);
      await produce(STOCK, shuffled([...recorded, ...recorded], random).map(again));
      await traffic.stop();
      expect(traffic.faults).toBe(0);
      await projector.agrees(dropId);
    });

    it('ends on the ledger when it is read again from offset 0, by a newcomer and over a view that is full', async () => {
      const newcomer = await projectorOf(`newcomer-${process.pid}`);
      await newcomer.agrees(dropId);
      const full = new Projector(pool, {
        ...servers.access,
        instance: 'again',
        databaseUrl: ledger.url,
      });
      started.push(full);
      await full.changes.applyStock(await full.ledger(dropId));
      const heard: unknown[] = [];
      full.feed.subscribe(
        (message) =>
          message.kind === 'stock' && heard.push(...message.rows.filter((r) => r.dropId === dropId)),
      );
      await full.start();
      await full.agrees(dropId);
      expect(heard).toEqual([]);
    });

    it('puts aside what cannot be read, with its place and the reason, and reads its row from the ledger', async () => {
      const poisoned = await create();
      await projector.agrees(poisoned);
      // A change that never arrives: what the poison stands for.
      await pool.query('ALTER PUBLICATION holdfast_cdc DROP TABLE inventory.stock');
      await pool.query(
        `UPDATE inventory.stock SET available = available - 5, held = held + 5, version = 9 WHERE drop_id = $1 AND sku = 'A'`,
        [poisoned],
      );
      await pool.query('ALTER PUBLICATION holdfast_cdc ADD TABLE inventory.stock');
      const key = JSON.stringify({ drop_id: poisoned, sku: 'A' });
      const wrongRow = {
        op: 'u',
        source: { ts_ms: 1 },
        after: { drop_id: poisoned, sku: 'A', available: -1 },
      };
      await produce(STOCK, [
        { key, value: '{"after": cut off' },
        { key, value: JSON.stringify(wrongRow), headers: { trace: 'x' } },
      ]);
      await waitFor('both are noticed', () => projector.poison.length === 2);
      await waitFor('the row is mended', async () => {
        await projector.mend();
        return (await projector.view.ofDrop(poisoned))[0]!.version === 9;
      });
      const letters = await waitFor(
        'both letters',
        async () => {
          const all = (await recordsOf(`${STOCK}.dlq`)).filter(({ headers }) =>
            String(headers!['dlq-group']).endsWith('-steady'),
          );
          return all.length === 2 && all.sort((a, b) => a.value!.length - b.value!.length);
        },
        REBALANCED,
      );
      expect(letters.map(({ key: at, value }) => [String(at), String(value)])).toEqual([
        [key, '{"after": cut off'],
        [key, JSON.stringify(wrongRow)],
      ]);
      const said = letters.map(({ headers }) =>
        Object.fromEntries(Object.entries(headers!).map(([name, text]) => [name, String(text)])),
      );
      expect(said[0]).toMatchObject({
        'dlq-topic': STOCK,
        'dlq-partition': expect.stringMatching(/^\d$/),
        'dlq-offset': expect.stringMatching(/^\d+$/),
        'dlq-reason': expect.stringContaining('JSON'),
      });
      expect(said[1]).toMatchObject({ trace: 'x', 'dlq-reason': expect.stringContaining('total') });
      expect(projector.stream.deadLetters).toEqual({ kept: 2, lost: 0 });
    });

    it('goes on when what it cannot read cannot be put aside either, and counts it', async () => {
      const admin = kafka.admin();
      await admin.connect();
      await admin.deleteTopics({ topics: [`${STOCK}.dlq`] });
      await admin.disconnect();
      const poisoned = await create();
      await produce(STOCK, [{ key: JSON.stringify({ drop_id: poisoned, sku: 'A' }), value: 'no letter' }]);
      await waitFor('it is counted', () => projector.stream.deadLetters.lost === 1, { deadlineMs: 20_000 });
      await projector.agrees(poisoned);
    });

    it('counts each fact once, read by two instances together, one of which ends, and every record of it twice', async () => {
      const counts = new LedgerFactCounts(pool);
      const poison: string[] = [];
      const counters = Array.from(
        { length: 2 },
        () => new KafkaChangeStream(factsSource(servers), silentLogger()),
      );
      const facts = new CountFacts(
        counts,
        () => undefined,
        (_, reason) => poison.push(reason),
      );
      const [one, other] = counters as [KafkaChangeStream, KafkaChangeStream];
      await one.start((records) => facts.apply(records));
      await other.start((records) => facts.apply(records));
      const told = async (n: number) =>
        pool.query(
          `INSERT INTO inventory.outbox (drop_id, aggregatetype, aggregateid, type, payload)
           SELECT $1, 'hold', 'h' || n, 'hold.confirmed.v1', jsonb_build_object('dropId', $1::text) FROM generate_series(1, $2) n`,
          [dropId, n],
        );
      const counted = async () => {
        const found = await pool.query<{ facts: string }>(
          `SELECT facts FROM inventory.fact_count WHERE drop_id = $1 AND type = 'hold.confirmed.v1'`,
          [dropId],
        );
        return Number(found.rows[0]?.facts ?? 0);
      };
      await told(300);
      await waitFor('all are counted', async () => (await counted()) === 300, REBALANCED);
      const recorded = await recordsOf('holdfast.events.hold');
      await one.stop();
      await produce('holdfast.events.hold', recorded.map(again));
      await told(50);
      await waitFor('the rest is counted', async () => (await counted()) >= 350, REBALANCED);
      await other.stop();
      expect([await counted(), poison]).toEqual([350, []]);
    });

    it('sets nobody back who went on with its partitions, when an instance ends', async () => {
      const { group } = factsSource(servers);
      const topic = 'holdfast.events.hold';
      const admin = kafka.admin();
      await admin.connect();
      const committed = async () => {
        const [found] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
        return new Map(found!.partitions.map(({ partition, offset }) => [partition, Number(offset)]));
      };
      const tell = () =>
        pool.query(
          `INSERT INTO inventory.outbox (drop_id, aggregatetype, aggregateid, type, payload)
           SELECT $1, 'hold', 'h' || n, 'hold.confirmed.v1', '{}' FROM generate_series(1, 100) n`,
          [dropId],
        );
      const [one, other] = [0, 1].map(() => new KafkaChangeStream(factsSource(servers), silentLogger()));
      // Each turn brings something, so that each second something is committed.
      const turns = setInterval(() => void tell(), 500);
      await one!.start(() => Promise.resolve());
      await waitFor(
        'the first has read of all partitions',
        async () => [...(await committed()).values()].every((offset) => offset > 0),
        REBALANCED,
      );
      const before = await committed();
      await other!.start(() => Promise.resolve());
      await waitFor(
        'both have gone on',
        async () => [...(await committed())].every(([partition, offset]) => offset > before.get(partition)!),
        REBALANCED,
      );
      clearInterval(turns);
      const reached = await committed();
      await one!.stop();
      const after = await committed();
      await other!.stop();
      await admin.disconnect();
      expect([...reached].filter(([partition, offset]) => after.get(partition)! < offset)).toEqual([]);
    });

    it('is behind and says so within 3 s when the broker is killed, and catches up within 10 s of its return', async () => {
      const killed = async () => {
        await startTraffic();
        await servers.killKafka();
        const killedAt = performance.now();
        await waitFor('it knows', () => (projector.stream.status().lagMs ?? 0) > 2_000);
        const knewMs = performance.now() - killedAt;
        await servers.startKafka();
        const caughtUpMs = await projector.catchesUp(dropId, PATIENCE_MS);
        await traffic.stop();
        expect(traffic.faults).toBe(0);
        await projector.agrees(dropId);
        console.info(
          `knew after ${Math.round(knewMs)} ms, caught up ${Math.round(caughtUpMs)} ms after the broker was back`,
        );
        // As parts of what is promised.
        return Math.max(knewMs / KNOWS_MS_MAX, caughtUpMs / CAUGHT_UP_MS_MAX);
      };
      expect(await leastOf(1, killed)).toBeLessThan(1);
    });

    it('catches up when Connect is killed', async () => {
      const killed = async () => {
        await startTraffic();
        await servers.killConnect();
        const killedAt = performance.now();
        await waitFor('it knows', () => projector.stream.status().lagMs! > 2_000);
        const knewMs = performance.now() - killedAt;
        await servers.startConnect();
        const caughtUpMs = await projector.catchesUp(dropId, PATIENCE_MS);
        await traffic.stop();
        await projector.agrees(dropId);
        console.info(
          `knew after ${Math.round(knewMs)} ms, caught up ${Math.round(caughtUpMs)} ms after Connect was back`,
        );
        return Math.max(knewMs / KNOWS_MS_MAX, caughtUpMs / CAUGHT_UP_MS_MAX);
      };
      expect(await leastOf(1, killed)).toBeLessThan(1);
    });

    // `rolling` has the same outage with the whole product.
    const underSoak = SOAK ? it : undefined;
    underSoak?.(
      `catches up within 10 s when Kafka and Connect have been dead for ${OUTAGE_MS / 1_000} s under load`,
      async () => {
        const outage = async () => {
          await startTraffic();
          await Promise.all([servers.killKafka(), servers.killConnect()]);
          const before = traffic.commits;
          const until = performance.now() + OUTAGE_MS;
          await waitFor('the outage is over', () => performance.now() > until, {
            deadlineMs: OUTAGE_MS + 5_000,
            everyMs: 100,
          });
          expect(projector.stream.status()).toMatchObject({ connected: false });
          expect(projector.stream.status().lagMs).toBeGreaterThan(OUTAGE_MS - 1_000);
          const sold = traffic.commits - before;
          await servers.startKafka();
          await servers.startConnect();
          const caughtUpMs = await projector.catchesUp(dropId, PATIENCE_MS);
          await traffic.stop();
          expect(sold).toBeGreaterThan((OUTAGE_MS / 1_000) * 50);
          expect(traffic.faults).toBe(0);
          await projector.agrees(dropId);
          console.info(
            `${sold} commits meanwhile; caught up ${Math.round(caughtUpMs)} ms after both were back`,
          );
          return caughtUpMs;
        };
        expect(await leastOf(CAUGHT_UP_MS_MAX, outage)).toBeLessThan(CAUGHT_UP_MS_MAX);
      },
    );

    it('starts within seconds and ends within 3 s though the broker hangs, and shows everything when it is back', async () => {
      const { pid } = servers.kafka!;
      const hung = await projectorOf('hung');
      process.kill(pid, 'SIGSTOP');
      try {
        const late = new Projector(
          pool,
          { ...servers.access, instance: 'late', databaseUrl: ledger.url },
          silentLogger(),
        );
        started.push(late);
        const began = performance.now();
        await late.start();
        expect(unloaded(performance.now() - began)).toBeLessThan(8_000);
        const ending = performance.now();
        await Promise.all([hung.stream.stop(), late.stream.stop()]);
        expect(unloaded(performance.now() - ending)).toBeLessThan(3_000);
        await waitFor('the others know', () => projector.stream.status().lagMs! > 2_000);
      } finally {
        process.kill(pid, 'SIGCONT');
      }
      const sold = await create();
      await projector.catchesUp(sold, 15_000);
    });
  });
}
