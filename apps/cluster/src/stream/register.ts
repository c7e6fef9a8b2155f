import { setTimeout as pause } from 'node:timers/promises';
import { type Say, StartError } from '@holdfast/process';
import { callConnect, type ConnectAnswer, isRunning, withoutLogin } from '../servers/connect-rest';
import { connectorConfig, CONNECTOR_NAME, type ConnectorConfig } from './connector';

// A first snapshot of 5,000 SKUs takes seconds; PostgreSQL's crash recovery may take minutes.
const DEADLINE_MS = 180_000;
const PAUSE_MS = 500;
const REQUEST_MS = 20_000; // the worker connects to PostgreSQL while it validates
// The one refusal for which a retry is useless.
const NO_SUCH_CLASS = /failed to find any class that implements connector/i;
const REFUSED =
  'Kafka Connect refuses the login: name it in CONNECT_USERNAME and CONNECT_PASSWORD, or in CONNECT_URL';

export interface RegisterOptions {
  /** With its login. */
  connectUrl: string;
  overrides?: ConnectorConfig;
  deadlineMs?: number;
  signal?: AbortSignal;
  say?: Say;
}

/**
 * Registers the connector with a Connect worker, standalone or distributed, and waits until it really runs; resolves with the number of its
 * tasks. Repeatable. Throws `StartError` with the worker's message at the deadline.
 */
export async function register(options: RegisterOptions): Promise<number> {
  const { connectUrl, overrides, deadlineMs = DEADLINE_MS, signal, say } = options;
  const wanted = { name: CONNECTOR_NAME, ...connectorConfig(overrides) };
  const ask: Ask = (method, path, body) =>
    callConnect(connectUrl, `/connectors/${CONNECTOR_NAME}${path}`, { method, body, timeoutMs: REQUEST_MS });
  const end = Date.now() + deadlineMs;
  for (let said = ''; ; await pause(PAUSE_MS)) {
    const answer = await step(ask, wanted);
    if (typeof answer === 'number') return answer;
    if (signal?.aborted || Date.now() > end)
      throw new StartError(
        `the connector ${CONNECTOR_NAME} does not run in Kafka Connect (${withoutLogin(connectUrl)}): ${answer}`,
      );
    if (answer !== said) say?.(`Connector ${CONNECTOR_NAME}: ${answer}`);
    said = answer;
  }
}

type Ask = (method: string, path: string, body?: ConnectorConfig) => Promise<ConnectAnswer>;

/** One check and one step: the number of running tasks, or a sentence about what is still missing. */
async function step(ask: Ask, wanted: ConnectorConfig): Promise<number | string> {
  try {
    const there = await ask('GET', '/config');
    if (there.status === 401) throw new StartError(REFUSED);
    if (there.status === 404 || (there.status === 200 && !same(there.body, wanted))) {
      const put = await ask('PUT', '/config', wanted);
      // While PostgreSQL is down the worker cannot validate and answers 400 or 500; while a group settles, 409.
      if (NO_SUCH_CLASS.test(put.body.message ?? ''))
        throw new StartError('that Kafka Connect has no Debezium connector for PostgreSQL: install it there');
      if (put.status >= 300) return `not accepted (${put.status}): ${wordsOf(put.body.message)}`;
    } else if (there.status !== 200) {
      return `the worker answers ${there.status}: ${wordsOf(there.body.message)}`;
    }
    return await lookAtTasks(ask);
  } catch (error) {
    if (error instanceof StartError) throw error;
    const { cause, message } = error as Error & { cause?: { code?: string } };
    return `the worker does not answer (${cause?.code ?? message})`;
  }
}

async function lookAtTasks(ask: Ask): Promise<number | string> {
  const { status, body } = await ask('GET', '/status');
  const { connector, tasks = [] } = body;
  if (status !== 200 || !connector) return 'its state is not known yet';
  const failed = [connector, ...tasks].find((part) => part.state === 'FAILED');
  if (failed) {
    await ask('POST', '/restart?includeTasks=true&onlyFailed=true');
    return `failed, started again: ${wordsOf(failed.trace)}`;
  }
  return isRunning(body) ? tasks.length : `${connector.state}, ${tasks.length} tasks`;
}

const same = (a: Record<string, unknown>, b: ConnectorConfig) =>
  Object.keys({ ...a, ...b }).every((key) => a[key] === b[key]);

/** The first lines, without the Java stack trace, which is in the worker's log. */
const wordsOf = (message = 'no reason given') => message.split('\n').slice(0, 3).join(' ').slice(0, 300);
