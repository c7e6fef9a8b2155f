import { ConfigError } from '@holdfast/config';
import { Lifetime } from './lifetime';
import { Interrupted, StartError } from './start-error';

/**
 * Runs a process of the product until a shutdown is requested, then ends it. A `StartError` or `ConfigError`
 * of `start` is reported without a stack. `outer` is aborted when the shutdown was requested earlier.
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
      const known = error instanceof StartError || error instanceof ConfigError;
      const words = known ? error.message : String(error instanceof Error ? error.stack : error);
      process.stderr.write(`${title} cannot start: ${words}\n`);
    }
  }
  const code = await life.end();
  process.exit(refused ? 1 : code);
}
