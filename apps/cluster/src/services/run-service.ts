import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { request } from 'undici';
import {
  endStray,
  inWords,
  productVersion,
  type Say,
  startChild,
  StartError,
  type Supervised,
  supervise,
  untilReady,
} from '@holdfast/process';
import type { Server } from '../servers/server';
import { STOP_MS } from '../servers/stop-times';
import type { PlannedService, ServiceName } from './service-plan';

const GRACE_MS: Record<ServiceName, number> = {
  gateway: STOP_MS.gateways,
  checkout: STOP_MS.checkouts,
  accounts: STOP_MS.checkouts,
  inventory: STOP_MS.inventories,
  rehearsals: STOP_MS.rehearsals,
};
// Loading takes a second, and far longer when every core is busy; one that fails exits, which is noticed at once.
const ANSWER_MS_MAX = 60_000;
const READY_MS_MAX = 60_000;
const ASK_MS = 2_000;

export interface RunServiceOptions {
  dataDir: string;
  say: Say;
}

export const logFileOf = (dataDir: string, instance: string) => join(dataDir, 'logs', `${instance}.log`);
/** The process's working directory, by which a later start finds it. */
export const workFolderOf = (dataDir: string, instance: string) => join(dataDir, 'cluster', instance);

/** Keeps one service running. Resolves once it is ready; rejects when it does not become ready at the very first start. */
export function runService(
  plan: PlannedService,
  { dataDir, say }: RunServiceOptions,
): Promise<Supervised<Server>> {
  return supervise<Server>({
    start: (signal) => startOnce(plan, dataDir, say, signal),
    onUp: (child, signal) =>
      untilServing(plan, child, dataDir, AbortSignal.any([signal, AbortSignal.timeout(READY_MS_MAX)])),
    onEvent: inWords(plan.instance, say),
  });
}

async function startOnce(
  plan: PlannedService,
  dataDir: string,
  say: Say,
  signal: AbortSignal,
): Promise<Server> {
  const { instance, service, address, env } = plan;
  const cwd = workFolderOf(dataDir, instance);
  mkdirSync(cwd, { recursive: true });
  await endStray(cwd, say);
  const child = await startChild({
    name: instance,
    command: process.execPath,
    args: [join(__dirname, '../../..', service, 'src/main.js')],
    logFile: logFileOf(dataDir, instance),
    cwd,
    noteDir: cwd,
    env,
    graceMs: GRACE_MS[service],
  });
  const answers = async () => (await fetchHealth(plan)) !== null;
  await untilReady(child, answers, { what: instance, deadlineMs: ANSWER_MS_MAX, say, signal });
  return { ...child, address, version: productVersion() };
}

async function untilServing(
  plan: PlannedService,
  child: Server,
  dataDir: string,
  signal: AbortSignal,
): Promise<void> {
  let why = 'it does not answer';
  let ended = false;
  void child.exited.then(() => (ended = true));
  while (!signal.aborted && !ended) {
    const health = await fetchHealth(plan);
    if (health?.ready) return;
    if (health) why = health.why;
    await new Promise((done) => setTimeout(done, 50));
  }
  const log = logFileOf(dataDir, plan.instance);
  if (ended)
    throw new StartError(
      `${plan.instance} ended while starting. The end of its log (${log}):\n${child.lastLog()}`,
    );
  throw new StartError(`${plan.instance} is not ready (${why}); its log is ${log}`);
}

/** Null: no answer. */
async function fetchHealth({ opsUrl }: PlannedService): Promise<{ ready: boolean; why: string } | null> {
  try {
    const answer = await request(`${opsUrl}/health/ready`, { headersTimeout: ASK_MS, bodyTimeout: ASK_MS });
    const body = (await answer.body.json()) as {
      details?: Record<string, { status: string; reason?: string }>;
    };
    const down = Object.entries(body.details ?? {}).filter(([, { status }]) => status !== 'up');
    const why = down.map(([name, { reason }]) => `${name}: ${reason ?? 'down'}`).join('; ');
    return { ready: answer.statusCode === 200, why: why || `status ${answer.statusCode}` };
  } catch {
    return null;
  }
}
