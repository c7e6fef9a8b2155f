import type { Say } from '@holdfast/process';
import { request } from 'undici';
import type { PlannedService } from '../services/service-plan';
import type { RunningService } from './cluster-parts';

const LOOK_MS = 2_000;
const ASK_MS = 1_500;
/** A busy process answers late; one that is silent for this long hangs. Shoppers of a hung gateway wait for this time. */
const SILENT_MS_MAX = 12_000;

/** Kills a running service that does not answer even its liveness check; its supervisor restarts it. Returns how to stop watching. */
export function watchForHangs(services: readonly RunningService[], say: Say): () => void {
  const silentSince = new Map<string, number>();
  const look = async ({ plan, process }: RunningService) => {
    const { instance } = plan;
    if (process.state !== 'up' || (await lives(plan))) return void silentSince.delete(instance);
    const since = silentSince.get(instance) ?? performance.now();
    silentSince.set(instance, since);
    if (performance.now() - since < SILENT_MS_MAX) return;
    silentSince.delete(instance);
    say(`${instance} has not responded for ${SILENT_MS_MAX / 1000} s: killing and restarting it`);
    process.kill();
  };
  const timer = setInterval(() => void Promise.all(services.map(look)), LOOK_MS);
  return () => clearInterval(timer);
}

async function lives({ opsUrl }: PlannedService): Promise<boolean> {
  try {
    const answer = await request(`${opsUrl}/health/live`, { headersTimeout: ASK_MS, bodyTimeout: ASK_MS });
    await answer.body.dump();
    return true;
  } catch {
    return false;
  }
}
