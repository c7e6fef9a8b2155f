import 'reflect-metadata';
import { type Lifetime, runProcess } from '@holdfast/process';

/** Runs the product until it is asked to end, then ends the process. `outer` is aborted when the end was asked for before. */
export function main(outer?: AbortSignal): Promise<void> {
  return runProcess('Holdfast', start, outer);
}

async function start(life: Lifetime): Promise<void> {
  // Loading the product takes most of a second on a busy machine; by then the signals have somebody who listens.
  const [{ readSettings }, { createLogger }] = await Promise.all([
    import('./process/settings.js'),
    import('@holdfast/observability'),
  ]);
  const { mode, config } = readSettings(process.env);
  const log = createLogger(config.logLevel);
  life.useLogger(log);
  life.checkpoint();
  if (mode === 'cluster') {
    const { startCluster } = await import('./cluster/start-cluster.js');
    await startCluster(config, process.env, log, life);
  } else {
    const { startProduct } = await import('./process/start-product.js');
    await startProduct(config, log, life);
  }
}

if (require.main === module) void main();
