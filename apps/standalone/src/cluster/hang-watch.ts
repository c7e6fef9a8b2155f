import { request } from 'undici';
import type { PlannedService } from './service-plan';
import type { Say, Supervised } from './tools';

const LOOK_MS = 2_000;
const ASK_MS = 1_500;
/** A process that is busy answers late; one that has not answered for this long will not. Shoppers of a hung gateway wait for it. */
const SILENT_MS_MAX = 12_000;

/** Kills a service that runs and answers nothing, not even that it lives; its supervisor then starts another. Returns how to stop watching. */
export function watchForHangs(
  services: readonly { plan: PlannedService; process: Supervised }[],
  say: Say,
): () => void {
  const silentSince = new Map<string, number>();
  const look = async ({ plan, process }: (typeof services)[number]) => {
    const { instance } = plan;
    if (process.state !== 'up' || (await lives(plan))) return void silentSince.delete(instance);
    const since = silentSince.get(instance) ?? performance.now();
    silentSince.set(instance, since);
    if (performance.now() - since < SILENT_MS_MAX) return;
    silentSince.delete(instance);
    say(`${instance} has not answered for ${SILENT_MS_MAX / 1000} s: killing it, another one starts`);
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
