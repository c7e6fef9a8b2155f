#!/usr/bin/env node
// Puts the connector into a Connect worker, standalone or distributed, and waits until it really runs:
//   CONNECT_URL=http://127.0.0.1:8083 node infra/debezium/register.mjs
// Repeatable. Node alone is enough (no package), so that it also runs as a one-shot container.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ClusterError } from '../../tools/cluster/errors.mjs';
import { askRest, withoutLogin } from '../../tools/cluster/logins.mjs';
import { connectAddress } from '../../tools/cluster/settings.mjs';

const file = new URL('./connector.json', import.meta.url);
// A first snapshot of 5,000 SKUs takes seconds; a PostgreSQL that recovers may take minutes.
const DEADLINE_MS = 180_000;
const PAUSE_MS = 500;
// The one refusal that time does not mend.
const NO_SUCH_CLASS = /failed to find any class that implements connector/i;
const REFUSED =
  'Kafka Connect refuses the login: name it in CONNECT_USERNAME and CONNECT_PASSWORD, or in CONNECT_URL';
const REQUEST_MS = 20_000; // the worker connects to PostgreSQL while it validates

/** The repository's connector; `overrides` replace single settings, e.g. the slot's name when products share a server. */
export function connector(overrides = {}) {
  const { name, config } = JSON.parse(readFileSync(file, 'utf8'));
  return { name, config: { ...config, ...overrides } };
}

/**
 * @param {{connectUrl: string, overrides?: Record<string, string>, deadlineMs?: number, signal?: AbortSignal,
 *   say?: (line: string) => void}} how
 * @returns {Promise<{name: string, tasks: number}>} throws `ClusterError` with the worker's own words at the deadline
 */
export async function register({
  connectUrl,
  overrides,
  deadlineMs = DEADLINE_MS,
  signal,
  say = () => undefined,
}) {
  const { name, config } = connector(overrides);
  const ask = (method, path, body) => call(connectUrl, method, `/connectors/${name}${path}`, body);
  const end = Date.now() + deadlineMs;
  let said = '';
  for (;;) {
    const problem = await step(ask, { name, ...config });
    if (typeof problem !== 'string') return { name, tasks: problem.tasks };
    if (signal?.aborted || Date.now() > end)
      throw new ClusterError(
        `the connector ${name} does not run in Kafka Connect (${withoutLogin(connectUrl)}): ${problem}`,
      );
    if (problem !== said) say(`Connector ${name}: ${problem}`);
    said = problem;
    await new Promise((done) => setTimeout(done, PAUSE_MS));
  }
}

/** One look and one push in the right direction; a sentence while it is not there yet. */
async function step(ask, wanted) {
  try {
    const there = await ask('GET', '/config');
    if (there.status === 401) throw new ClusterError(REFUSED);
    if (there.status === 404 || (there.status === 200 && !same(there.body, wanted))) {
      const put = await ask('PUT', '/config', wanted);
      // While PostgreSQL is down the worker cannot validate and answers 400 or 500; while a group settles, 409.
      if (NO_SUCH_CLASS.test(put.body?.message))
        throw new ClusterError(
          'that Kafka Connect has no Debezium connector for PostgreSQL: install it there',
        );
      if (put.status >= 300) return `not accepted (${put.status}): ${wordsOf(put.body)}`;
    } else if (there.status !== 200) {
      return `the worker answers ${there.status}: ${wordsOf(there.body)}`;
    }
    const { status, body } = await ask('GET', '/status');
    if (status !== 200) return 'its state is not known yet';
    const failed = [body.connector, ...body.tasks].find((part) => part.state === 'FAILED');
    if (failed) {
      await ask('POST', '/restart?includeTasks=true&onlyFailed=true');
      return `failed, started again: ${wordsOf({ message: failed.trace })}`;
    }
    // RUNNING alone says nothing: it is also the state of a connector without a task.
    const running = body.connector.state === 'RUNNING' && body.tasks.length > 0;
    if (running && body.tasks.every((task) => task.state === 'RUNNING')) return { tasks: body.tasks.length };
    return `${body.connector.state}, ${body.tasks.length} tasks`;
  } catch (error) {
    if (error instanceof ClusterError) throw error;
    return `the worker does not answer (${error.cause?.code ?? error.message})`;
  }
}

const same = (a, b) => Object.keys({ ...a, ...b }).every((key) => a[key] === b[key]);

/** The first line; a Java stack trace helps nobody here and stands in the worker's log. */
const wordsOf = (body) =>
  String(body?.message ?? 'no reason given')
    .split('\n')
    .slice(0, 3)
    .join(' ')
    .slice(0, 300);

async function call(connectUrl, method, path, body) {
  const response = await askRest(connectUrl, path, {
    method,
    headers: { 'content-type': 'application/json' },
    body: body && JSON.stringify(body),
    signal: AbortSignal.timeout(REQUEST_MS),
  });
  const text = await response.text();
  try {
    return { status: response.status, body: text ? JSON.parse(text) : null };
  } catch {
    return { status: response.status, body: { message: text } };
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  register({ connectUrl: connectAddress(), say: (line) => console.error(line) }).then(
    ({ name, tasks }) => console.error(`Connector ${name} runs (${tasks} task)`),
    (error) => {
      console.error(error.message);
      process.exitCode = 1;
    },
  );
}
