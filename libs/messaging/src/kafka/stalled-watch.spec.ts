import type { Kafka } from 'kafkajs';
import type { ConsumerSession } from './consumer-session';
import type { KafkaSource } from './source';
import { StalledWatch } from './stalled-watch';

function setup() {
  const now = {
    end: 100,
    position: 50n as bigint | null,
    lagMs: 20_000 as number | null,
    busy: false,
    away: false,
  };
  const admin = {
    connect: () => (now.away ? Promise.reject(new Error('away')) : Promise.resolve()),
    fetchTopicOffsets: async () => [
      { partition: 0, high: String(now.end), low: '0', offset: String(now.end) },
    ],
    disconnect: async () => undefined,
  };
  const failures: string[] = [];
  const session = {
    get busy() {
      return now.busy;
    },
    get heartbeatPosition() {
      return now.position;
    },
    fail: (reason: Error) => failures.push(reason.message),
  } as unknown as ConsumerSession;
  const kafka = { admin: () => admin } as unknown as Kafka;
  const source = { heartbeat: { topic: { topic: 'beats' } } } as KafkaSource;
  const watch = new StalledWatch(kafka, source, () => now.lagMs);
  const look = async (change: Partial<typeof now> = {}) => {
    Object.assign(now, change);
    await watch.look(session);
    return failures.length;
  };
  return { look };
}

describe('the watch for a consumer that stands still', () => {
  it('fails one that read nothing between two looks while beats arrived in Kafka', async () => {
    const { look } = setup();
    expect(await look()).toBe(0);
    expect(await look({ end: 110 })).toBe(1);
  });

  it('fails one that has never read anything, too', async () => {
    const { look } = setup();
    await look({ position: null, lagMs: null });
    expect(await look({ end: 110 })).toBe(1);
  });

  it.each([
    ['nothing arrives in Kafka: the source is away', {}],
    ['it reads on, however slowly', { end: 110, position: 51n }],
    ['a batch is in hand', { end: 110, busy: true }],
    ['it keeps up', { end: 110, lagMs: 400 }],
    ['no broker answers', { end: 110, away: true }],
  ])('leaves it alone when %s', async (_, change) => {
    const { look } = setup();
    await look();
    expect(await look(change)).toBe(0);
  });

  it('looks twice again after a broker that did not answer', async () => {
    const { look } = setup();
    await look();
    await look({ away: true });
    expect(await look({ away: false, end: 110 })).toBe(0);
    expect(await look({ end: 120 })).toBe(1);
  });
});
