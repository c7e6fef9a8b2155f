import { removeRunState, type RunState, writeRunState } from '../process/run-state';
import type { ClusterParts } from './cluster-parts';

/** What comes back has another process number; whoever reads run.json finds it this soon. */
const LOOK_MS = 500;

/** Writes run.json, and again whenever something has changed. Returns how to end that and remove the file. */
export async function keepRunState(
  parts: ClusterParts,
  dataDir: string,
  facts: Pick<RunState, 'address' | 'databaseUrl' | 'redisUrl' | 'kafkaSecurity' | 'connectUrl' | 'slot'>,
): Promise<() => void> {
  const startedAt = new Date().toISOString();
  let written = '';
  let ended = false;
  const look = async () => {
    const components = await parts.components();
    const state: RunState = { pid: process.pid, startedAt, mode: 'cluster', ...facts, components };
    const text = JSON.stringify(state);
    if (ended || text === written) return;
    writeRunState(dataDir, state);
    written = text;
  };
  await look();
  let looking = Promise.resolve();
  const timer = setInterval(() => {
    looking = looking.then(look).catch(() => undefined); // a full disk: the next look tries again
  }, LOOK_MS);
  return () => {
    ended = true;
    clearInterval(timer);
    removeRunState(dataDir);
  };
}
