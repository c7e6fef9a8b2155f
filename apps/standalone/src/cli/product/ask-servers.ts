import { type KafkaSecurity, OPEN_KAFKA } from '@holdfast/config';
import { loadTool } from '../../cluster/tools';
import type { LedgerFacts } from './ask-ledger';

type State = 'up' | 'down' | 'degraded';

const ASK_MS = 2_000;
const CONNECTOR = 'holdfast-cdc'; // infra/debezium/connector.json

/** Degraded: only some of its nodes answer. */
export async function askRedis(redisUrl: string | null): Promise<State> {
  return redisUrl === null ? 'down' : (await (await loadTool('given')).askRedisNodes(redisUrl)).state;
}

/** Degraded: only some of its brokers answer. */
export async function askKafka(brokers: string | null, security: KafkaSecurity = OPEN_KAFKA): Promise<State> {
  return brokers === null ? 'down' : (await (await loadTool('given')).askBrokers(brokers, security)).state;
}

/**
 * Up: the worker is healthy, its connector has tasks that all run, and somebody reads the ledger's log. The last is what counts: of a connector
 * without a task, or with a lost slot, Connect says RUNNING.
 */
export async function askConnect(connectUrl: string | null, ledger: LedgerFacts | null): Promise<State> {
  if (connectUrl === null || (await get(connectUrl, '/health')) === null) return 'down';
  const status = (await get(connectUrl, `/connectors/${CONNECTOR}/status`)) as {
    connector?: { state: string };
    tasks?: { state: string }[];
  } | null;
  const parts = [status?.connector, ...(status?.tasks ?? [])];
  const runs = parts.length > 1 && parts.every((part) => part?.state === 'RUNNING');
  return runs && ledger?.isRead ? 'up' : 'degraded';
}

/** Null: no answer, or not a good one. */
async function get(connectUrl: string, path: string): Promise<unknown> {
  try {
    const { askRest } = await loadTool('logins');
    const answer = await askRest(connectUrl, path, { signal: AbortSignal.timeout(ASK_MS) });
    const body: unknown = await answer.json();
    return answer.status === 200 ? body : null;
  } catch {
    return null;
  }
}
