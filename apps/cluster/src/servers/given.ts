import type { GivenServers, KafkaSecurity } from '@holdfast/config';
import { type Say, StartError } from '@holdfast/process';
import { parseRedisUrls } from '@holdfast/redis';
import { queryBroker } from './query-broker';
import { queryRedis } from './query-redis';
import { callConnect, withoutLogin } from './connect-rest';
import { FinalError } from './final-error';

// Checks servers that are run elsewhere and configured by address: their state and version.
const ASK_MS = 2_000;
// They may be started together with the product.
const PATIENCE_MS = 15_000;
const PAUSE_MS = 300;

export interface Answer {
  /** Degraded: only some of its nodes answer. */
  state: 'up' | 'degraded' | 'down';
  version: string | null;
  /** Why a node does not answer. */
  reason: string | null;
  /** A retry is useless. */
  final: boolean;
}

/** `urls` of the nodes, comma-separated. */
export function queryRedisNodes(urls: string): Promise<Answer> {
  return queryAll(urls, async (text) => {
    const { nodes, username, password, tls } = parseRedisUrls([text]);
    const node = { ...nodes[0]!, username, password, tls };
    await queryRedis(node, 'PING');
    // The login may lack the right to run INFO.
    return redisVersion(await queryRedis(node, 'INFO', 'server').catch(() => ''));
  });
}

export function redisVersion(info: string): string | null {
  return /redis_version:(\S+)/.exec(info)?.[1] ?? null;
}

/** `brokers` as `host:port`, comma-separated. */
export function queryBrokers(brokers: string, security?: KafkaSecurity): Promise<Answer> {
  return queryAll(brokers, async (broker) => {
    await queryBroker({ broker, security, timeoutMs: ASK_MS });
    return null;
  });
}

/** Checks only the worker, not its connector. */
export function queryWorker(connectUrl: string): Promise<Answer> {
  return queryAll(connectUrl, async (url) => {
    const { status, body } = await callConnect(url, '/', { timeoutMs: ASK_MS });
    if (status === 401) throw new FinalError('it refuses the login (CONNECT_USERNAME, CONNECT_PASSWORD)');
    if (status !== 200) throw new Error(`it answers ${status}`);
    return body.version ?? null;
  });
}

interface Look {
  name: string;
  variable: string;
  at: string | null;
  ask: (at: string) => Promise<Answer>;
}

/**
 * Waits briefly until the configured servers answer. Throws `StartError` with variable, address and reason of
 * all that do not: a service would wait for them forever. A refused login is reported at once, since waiting
 * is useless.
 */
export async function requireGiven(
  { redisUrl, kafkaBrokers, kafkaSecurity, connectUrl }: GivenServers,
  { say, patienceMs = PATIENCE_MS }: { say: Say; patienceMs?: number },
): Promise<void> {
  const queryTheirBrokers = (at: string) => queryBrokers(at, kafkaSecurity);
  const looks: Look[] = [
    { name: 'Redis', variable: 'REDIS_URL', at: redisUrl, ask: queryRedisNodes },
    { name: 'Kafka', variable: 'KAFKA_BROKERS', at: kafkaBrokers, ask: queryTheirBrokers },
    { name: 'Kafka Connect', variable: 'CONNECT_URL', at: connectUrl, ask: queryWorker },
  ];
  const end = Date.now() + patienceMs;
  const problems = await Promise.all(looks.map((look) => untilItAnswers(look, end, say)));
  const known = problems.filter((problem) => problem !== null);
  if (known.length > 0) throw new StartError(known.join('\n'));
}

/** Null when it answers or is not configured. */
async function untilItAnswers(
  { name, variable, at, ask }: Look,
  end: number,
  say: Say,
): Promise<string | null> {
  if (at === null) return null;
  const where = `${name} at ${withoutLogin(at)} (${variable})`;
  for (let first = true; ; first = false) {
    const { state, reason, final } = await ask(at);
    if (state !== 'down') return null;
    if (final) return `${where} cannot be used: ${reason}.`;
    if (Date.now() >= end)
      return `${where} cannot be used: ${reason}. Start it or correct the address; without ${variable} one is started here.`;
    if (first) say(`Waiting for ${where}: ${reason}`);
    await new Promise((done) => setTimeout(done, PAUSE_MS));
  }
}

async function queryAll(list: string, ask: (one: string) => Promise<string | null>): Promise<Answer> {
  const looks = await Promise.allSettled(list.split(',').map(ask));
  const good = looks.filter((look) => look.status === 'fulfilled');
  const bad = looks.filter((look) => look.status === 'rejected');
  const state = good.length === 0 ? 'down' : bad.length > 0 ? 'degraded' : 'up';
  const final = good.length === 0 && bad.every(({ reason }) => reason instanceof FinalError);
  return {
    state,
    version: good[0]?.value ?? null,
    reason: bad[0] ? wordsOf(bad[0].reason as AggregateError) : null,
    final,
  };
}

/** `fetch` hides the reason in `cause`, and a name with several addresses fails with an error for each. */
function wordsOf(error: Error & { errors?: Error[] }): string {
  if (error.cause instanceof Error) return wordsOf(error.cause);
  return error.message || error.errors?.[0]?.message || String(error);
}
