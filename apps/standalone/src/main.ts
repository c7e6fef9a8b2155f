import 'reflect-metadata';
import { type Lifetime, runProcess, StartError } from '@holdfast/process';

/** Runs the product until it is asked to end, then ends the process. `outer` is aborted when the end was asked for before. */
export function main(outer?: AbortSignal): Promise<void> {
  return runProcess('Holdfast', start, outer);
}

async function start(life: Lifetime): Promise<void> {
  // Loading the product takes most of a second on a busy machine; by then the signals have somebody who listens.
  const [{ loadConfig }, { createLogger }] = await Promise.all([
    import('@holdfast/config'),
    import('@holdfast/observability'),
  ]);
  const config = loadConfig(process.env);
  if (config.mode === 'cluster')
    throw new StartError('HOLDFAST_MODE is cluster: that is started by `npm run cluster`');
  const log = createLogger(config.logLevel);
  life.useLogger(log);
  life.checkpoint();
  const { startProduct } = await import('./startup/start-product.js');
  await startProduct(config, log, life);
}

if (require.main === module) void main();
