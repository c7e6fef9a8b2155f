import 'reflect-metadata';
import { type AppConfig, ConfigError, loadConfig } from '@holdfast/config';
import { createLogger } from '@holdfast/observability';
import { Interrupted, Lifetime } from './process/lifetime';
import { StartError } from './process/start-error';
import { startProduct } from './process/start-product';

/** Runs the product until it is asked to end, then ends the process. `outer` is aborted when the end was asked for before. */
export async function main(outer?: AbortSignal): Promise<void> {
  const life = new Lifetime(outer);
  let refused = false;
  try {
    await run(life);
  } catch (error) {
    if (!(error instanceof Interrupted)) {
      refused = true;
      const known = error instanceof StartError || error instanceof ConfigError;
      const words = known ? error.message : String(error instanceof Error ? error.stack : error);
      process.stderr.write(`Holdfast cannot start: ${words}\n`);
    }
  }
  const code = await life.end();
  process.exit(refused ? 1 : code);
}

async function run(life: Lifetime): Promise<void> {
  const config: AppConfig = loadConfig(process.env);
  if (config.mode === 'cluster') {
    throw new StartError('HOLDFAST_MODE=cluster is not available yet: leave it out, or set it to standalone');
  }
  const log = createLogger(config.logLevel);
  life.useLogger(log);
  life.checkpoint();
  await startProduct(config, log, life);
  await life.untilAsked();
}

if (require.main === module) void main();
