import { removeRunState, type RunState, writeRunState } from '@holdfast/process';
import type { ClusterParts } from './cluster-parts';

/** After this time run.json has the new pid of a restarted process. */
const LOOK_MS = 500;

/** Writes run.json now and after each change. Returns how to stop that and remove the file. */
export function keepRunState(
  parts: ClusterParts,
  dataDir: string,
  facts: Pick<RunState, 'address' | 'databaseUrl' | 'redisUrl' | 'kafkaSecurity' | 'connectUrl' | 'slot'>,
): () => void {
  const startedAt = new Date().toISOString();
  let written = '';
  const look = () => {
    const components = parts.components();
    const state: RunState = { pid: process.pid, startedAt, mode: 'cluster', ...facts, components };
    const text = JSON.stringify(state);
    if (text === written) return;
    writeRunState(dataDir, state);
    written = text;
  };
  look();
  const timer = setInterval(() => {
    try {
      look();
    } catch {
      // A full disk: the next run tries again.
    }
  }, LOOK_MS);
  return () => {
    clearInterval(timer);
    removeRunState(dataDir);
  };
}
