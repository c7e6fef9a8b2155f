import { OPEN_KAFKA } from '@holdfast/config';
import { silentLogger } from '@holdfast/observability';
import { waitFor } from '@holdfast/testing';
import type { EachBatchPayload, Kafka, Offsets } from 'kafkajs';
import { ConsumerSession } from './consumer-session';
import { DeadLetters } from './dead-letters';
import type { KafkaSource, TopicSpec } from './source';

const topic = (name: string): TopicSpec => ({ topic: name, partitions: 2, config: {}, from: 'beginning' });
const FACTS = 'holdfast.events.hold';
const BEATS = 'beats';

/** A session on a Kafka that the test plays: it says which partitions are ours, and hands over batches. */
async function setup(apply: () => Promise<void> = () => Promise.resolve()) {
  const listeners = new Map<string, (event: unknown) => void>();
  const letters: string[] = [];
  let committed: Offsets['topics'] | object[] = [];
  let eachBatch: (payload: EachBatchPayload) => Promise<void> = () => Promise.resolve();
  const consumer = {
    events: { CRASH: 'crash', FETCH_START: 'fetch', GROUP_JOIN: 'join', REQUEST: 'request' },
    on: (event: string, listener: (event: unknown) => void) => listeners.set(event, listener),
    connect: async () => undefined,
    subscribe: async () => undefined,
    run: async (how: { eachBatch: typeof eachBatch }) => void (eachBatch = how.eachBatch),
    commitOffsets: async (offsets: object[]) => void (committed = offsets),
    disconnect: async () => undefined,
  };
  const producer = {
    connect: async () => undefined,
    send: async (it: { topic: string }) => void letters.push(it.topic),
    disconnect: async () => undefined,
  };
  const kafka = { consumer: () => consumer, producer: () => producer } as unknown as Kafka;
  const source: KafkaSource = {
    brokers: [],
    security: OPEN_KAFKA,
    group: 'group',
    topics: [topic(FACTS)],
    heartbeat: { databaseUrl: '', role: 'holdfast_cdc', table: 'beats', topic: topic(BEATS) },
  };
  const hooks = { apply, onTrouble: () => undefined, onBeat: () => undefined, onJoined: () => undefined };
  const session = new ConsumerSession(
    kafka,
    source,
    new DeadLetters(kafka, 'group', silentLogger()),
    hooks,
    3_000,
  );
  void session.run();
  await new Promise(setImmediate);
  const join = (memberAssignment: Record<string, number[]>) =>
    listeners.get('join')!({ payload: { memberAssignment } });
  const resolved: string[] = [];
  const fact = { key: Buffer.from('"h"'), value: Buffer.from('"{}"'), offset: '7', timestamp: '0' };
  const headers = { id: Buffer.from('i'), eventType: Buffer.from('t') };
  const take = (of: string, partition: number, message: object = { ...fact, headers }) =>
    eachBatch({
      batch: { topic: of, partition, messages: [message], highWatermark: '8', lastOffset: () => '7' },
      resolveOffset: (offset: string) => resolved.push(`${partition}:${offset}`),
      isRunning: () => true,
      isStale: () => false,
      heartbeat: async () => undefined,
      commitOffsetsIfNecessary: async () => undefined,
    } as unknown as EachBatchPayload);
  return { session, join, take, letters, resolved, committed: () => committed };
}

describe('a session of a consumer', () => {
  it('commits at its end what it has applied', async () => {
    const { session, join, take, committed } = await setup();
    join({ [FACTS]: [0, 1] });
    await take(FACTS, 1);
    await session.stop();
    expect(committed()).toEqual([{ topic: FACTS, partition: 1, offset: '8' }]);
  });

  it('commits nothing of before the last rebalance: another member may have gone on, and would be set back', async () => {
    const { session, join, take, committed } = await setup();
    join({ [FACTS]: [0, 1] });
    await take(FACTS, 0);
    await take(FACTS, 1);
    join({ [FACTS]: [1] });
    await take(FACTS, 1);
    await session.stop();
    expect(committed()).toEqual([{ topic: FACTS, partition: 1, offset: '8' }]);
  });

  it('leaves a batch alone whose partition went to another member while it was applied', async () => {
    let release: () => void = () => undefined;
    const { session, join, take, committed, resolved } = await setup(
      () => new Promise((resolve) => (release = resolve)),
    );
    join({ [FACTS]: [0, 1] });
    const taken = take(FACTS, 0);
    await waitFor('it is in hand', () => session.busy);
    join({ [FACTS]: [1] });
    release();
    await taken;
    await session.stop();
    expect([resolved, committed()]).toEqual([[], []]);
  });

  it('puts a record aside that it cannot read, but no heartbeat: that has no such topic', async () => {
    const { session, join, take, letters, resolved } = await setup();
    join({ [FACTS]: [0], [BEATS]: [0] });
    const broken = { key: null, value: Buffer.from('{'), offset: '7', timestamp: '0' };
    await take(BEATS, 0, broken);
    await take(FACTS, 0, broken);
    await session.stop();
    expect(letters).toEqual([`${FACTS}.dlq`]);
    expect(resolved).toEqual(['0:7', '0:7']);
  });
});
