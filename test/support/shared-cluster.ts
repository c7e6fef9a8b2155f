import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startChild } from '../../libs/process/src/child';
import { waitFor } from '../../libs/testing/src/wait-for';
import { testEnv } from './clean-env';
import { newDataDir, SHELF } from './prepared-data';
import { sendSignal, stillAlive } from './processes';
import { REPOSITORY } from './repository';

/** The cluster that all files of one run share. */
export interface SharedCluster {
  pid: number;
  url: string;
  dataDir: string;
  /** What it wrote. */
  logFile: string;
}

interface Options {
  dataDir?: string;
  port?: number;
  env?: Record<string, string>;
}
/** Fills a new folder with what no test needs to see made again. */
type Prepare = (dataDir: string) => Promise<void>;

const NOTE = join(SHELF, `shared-cluster-${process.pid}.json`);
const START_MS = 180_000;
const STOP_MS = 20_000;

/** The running one, or a new one when there is none: a test may have ended it, which is seen here. */
export async function sharedCluster(prepare: Prepare): Promise<SharedCluster> {
  const known = readNote();
  if (known && stillAlive([known.pid]).length > 0) return known;
  return startShared({ dataDir: known?.dataDir }, prepare);
}

export function isSharedFolder(dataDir: string): boolean {
  return readNote()?.dataDir === dataDir;
}

/** Starts it, on the folder of the last one if there was one. It ends with this process, however that ends. */
export async function startShared(
  { dataDir, port = 0, env }: Options,
  prepare: Prepare,
): Promise<SharedCluster> {
  const folder = dataDir ?? newDataDir();
  if (!dataDir) await prepare(folder);
  const logFile = join(folder, 'launcher.log');
  rmSync(logFile, { force: true });
  const child = await startChild({
    name: 'the shared cluster',
    command: process.execPath,
    args: [join(REPOSITORY, 'dist/apps/cluster/src/main.js')],
    logFile,
    cwd: REPOSITORY,
    noteDir: folder,
    env: { ...testEnv({ mode: 'cluster', dataDir: folder, port }), ...env },
    graceMs: 12_000,
  });
  const text = () => readFileSync(logFile, 'utf8');
  let ended = false;
  void child.exited.then(() => (ended = true));
  const url = await waitFor(
    'the ready line of the cluster',
    () => /^Holdfast is ready at (http:\/\/\S+)$/m.exec(text())?.[1] ?? (ended && 'ended'),
    { deadlineMs: START_MS, everyMs: 50 },
  );
  if (url === 'ended') throw new Error(`the cluster ended while starting:\n${text()}`);
  const it = { pid: child.pid, url, dataDir: folder, logFile };
  writeFileSync(NOTE, JSON.stringify(it));
  return it;
}

/** After the last test file: ends it and removes its folder (not with HOLDFAST_KEEP_DATA=1). */
export async function endShared(): Promise<void> {
  const it = readNote();
  if (!it) return;
  sendSignal(it.pid, 'SIGTERM');
  await waitFor('the end of the shared cluster', () => stillAlive([it.pid]).length === 0, {
    deadlineMs: STOP_MS,
  });
  rmSync(NOTE, { force: true });
  if (!process.env['HOLDFAST_KEEP_DATA'])
    rmSync(it.dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}

function readNote(): SharedCluster | null {
  return existsSync(NOTE) ? (JSON.parse(readFileSync(NOTE, 'utf8')) as SharedCluster) : null;
}
