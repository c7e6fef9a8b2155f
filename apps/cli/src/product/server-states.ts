import { type KafkaSecurity, OPEN_KAFKA } from '@holdfast/config';
import { callConnect, isHealthy, isRunning } from '../../../cluster/src/servers/connect-rest';
import type { LedgerFacts } from './query-ledger';

type State = 'up' | 'down' | 'degraded';

const ASK_MS = 2_000;
const CONNECTOR = 'holdfast-cdc'; // infra/debezium/connector.json

/** With its Kafka client, which no other command needs. */
const loadGiven = () => import('../../../cluster/src/servers/given.js');

/** Degraded: only some of its nodes answer. */
export async function redisState(redisUrl: string | null): Promise<State> {
  return redisUrl === null ? 'down' : (await (await loadGiven()).queryRedisNodes(redisUrl)).state;
}

/** Degraded: only some of its brokers answer. */
export async function kafkaState(
  brokers: string | null,
  security: KafkaSecurity = OPEN_KAFKA,
): Promise<State> {
  return brokers === null ? 'down' : (await (await loadGiven()).queryBrokers(brokers, security)).state;
}

/**
 * Up: the worker is healthy, its connector has tasks that all run, and its slot is active. The last is decisive: Connect reports RUNNING also for a
 * connector without a task or with a lost slot.
 */
export async function connectState(connectUrl: string | null, ledger: LedgerFacts | null): Promise<State> {
  const timeoutMs = ASK_MS;
  if (connectUrl === null || !(await isHealthy(connectUrl, timeoutMs).catch(() => false))) return 'down';
  const path = `/connectors/${CONNECTOR}/status`;
  const status = await callConnect(connectUrl, path, { timeoutMs }).catch(() => null);
  return status && isRunning(status.body) && ledger?.isRead ? 'up' : 'degraded';
}
