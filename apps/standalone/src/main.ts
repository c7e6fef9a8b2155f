import 'reflect-metadata';
import { Interrupted, Lifetime } from './process/lifetime';
import { StartError } from './process/start-error';

/** Runs the product until it is asked to end, then ends the process. `outer` is aborted when the end was asked for before. */
export async function main(outer?: AbortSignal): Promise<void> {
  const life = new Lifetime(outer);
  let refused = false;
  try {
    await run(life);
  } catch (error) {
    if (!(error instanceof Interrupted)) {
      refused = true;
      const known = error instanceof StartError;
      const words = known ? error.message : String(error instanceof Error ? error.stack : error);
      process.stderr.write(`Holdfast cannot start: ${words}\n`);
    }
  }
  const code = await life.end();
  process.exit(refused ? 1 : code);
}

async function run(life: Lifetime): Promise<void> {
  // Loading the product takes most of a second on a busy machine; by then the signals have somebody who listens.
  const [{ readSettings }, { startProduct }, { createLogger }] = await Promise.all([
    import('./process/settings.js'),
    import('./process/start-product.js'),
    import('@holdfast/observability'),
  ]);
  const config = readSettings(process.env);
  const log = createLogger(config.logLevel);
  life.useLogger(log);
  life.checkpoint();
  await startProduct(config, log, life);
  await life.untilAsked();
}

if (require.main === module) void main();
