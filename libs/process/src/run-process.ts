import { Interrupted, Lifetime } from './lifetime';
import { StartError } from './start-error';

/**
 * Runs a process of the product until it is asked to end, then ends it. What `start` throws as `StartError` is told in plain words.
 * `outer` is aborted when the end was asked for before.
 */
export async function runProcess(
  title: string,
  start: (life: Lifetime) => Promise<void>,
  outer?: AbortSignal,
): Promise<never> {
  const life = new Lifetime(outer);
  let refused = false;
  try {
    await start(life);
    await life.untilAsked();
  } catch (error) {
    if (!(error instanceof Interrupted)) {
      refused = true;
      const known = error instanceof StartError;
      const words = known ? error.message : String(error instanceof Error ? error.stack : error);
      process.stderr.write(`${title} cannot start: ${words}\n`);
    }
  }
  const code = await life.end();
  process.exit(refused ? 1 : code);
}
