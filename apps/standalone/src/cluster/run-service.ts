import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { request } from 'undici';
import { productVersion } from '@holdfast/process';
import type { PlannedService, ServiceName } from './service-plan';
import { loadTool, type Say, type Server, type Supervised } from './tools';

/** Half of what one needs to finish its requests; all of them together have to be gone within 10 s. */
const GRACE_MS: Record<ServiceName, number> = { gateway: 3_000, checkout: 2_000, inventory: 2_000 };
// Loading takes a second, and far longer where every core is taken; one that fails ends, and that is seen at once.
const ANSWER_MS_MAX = 60_000;
const READY_MS_MAX = 60_000;
const ASK_MS = 2_000;

export interface RunServiceOptions {
  dataDir: string;
  say: Say;
}

export const logFileOf = (dataDir: string, instance: string) => join(dataDir, 'logs', `${instance}.log`);
/** Where the process works, and by which a later start knows it. */
export const workFolderOf = (dataDir: string, instance: string) => join(dataDir, 'cluster', instance);

/** Runs one service and keeps it running. Resolves once it is ready; rejects when it does not become ready at the very first start. */
export async function runService(
  plan: PlannedService,
  { dataDir, say }: RunServiceOptions,
): Promise<Supervised<Server>> {
  const { supervise } = await loadTool('supervisor');
  return supervise<Server>({
    name: plan.instance,
    say,
    start: () => startOnce(plan, dataDir, say),
    onUp: (child, signal) =>
      untilReady(plan, child, dataDir, AbortSignal.any([signal, AbortSignal.timeout(READY_MS_MAX)])),
  });
}

async function startOnce(plan: PlannedService, dataDir: string, say: Say): Promise<Server> {
  const { startChild, untilReady: untilAnswering } = await loadTool('child');
  const cwd = workFolderOf(dataDir, plan.instance);
  mkdirSync(cwd, { recursive: true });
  const { endStray } = await loadTool('stray');
  await endStray(cwd, say);
  const child = await startChild({
    name: plan.instance,
    command: process.execPath,
    args: [join(__dirname, '../../..', plan.service, 'src/main.js')],
    logFile: logFileOf(dataDir, plan.instance),
    cwd,
    noteDir: cwd,
    env: plan.env,
    graceMs: GRACE_MS[plan.service],
  });
  await untilAnswering(child, async () => (await askHealth(plan)) !== null, {
    what: plan.instance,
    deadlineMs: ANSWER_MS_MAX,
    say,
  });
  return { ...child, address: plan.address, version: productVersion() };
}

async function untilReady(
  plan: PlannedService,
  child: Server,
  dataDir: string,
  signal: AbortSignal,
): Promise<void> {
  let why = 'it does not answer';
  let ended = false;
  void child.exited.then(() => (ended = true));
  const { ClusterError } = await loadTool('errors');
  while (!signal.aborted && !ended) {
    const health = await askHealth(plan);
    if (health?.ready) return;
    if (health) why = health.why;
    await new Promise((done) => setTimeout(done, 50));
  }
  const log = logFileOf(dataDir, plan.instance);
  if (ended)
    throw new ClusterError(
      `${plan.instance} ended while starting. The end of its log (${log}):\n${child.lastLog()}`,
    );
  throw new ClusterError(`${plan.instance} is not ready (${why}); its log is ${log}`);
}

/** Null: no answer. */
export async function askHealth({ opsUrl }: PlannedService): Promise<{ ready: boolean; why: string } | null> {
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
