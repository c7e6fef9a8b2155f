import 'reflect-metadata';
import { type Lifetime, runProcess } from '@holdfast/process';

/** Runs the cluster until a shutdown is requested, then ends the process. `outer` is aborted when it was requested earlier. */
export function main(outer?: AbortSignal): Promise<void> {
  return runProcess('Holdfast', start, outer);
}

async function start(life: Lifetime): Promise<void> {
  // Loaded after the signal handlers are installed: on a busy machine it takes most of a second.
  const [{ loadLaunchConfig }, { createLogger }, { startCluster }] = await Promise.all([
    import('@holdfast/config'),
    import('@holdfast/observability'),
    import('./launcher/start-cluster.js'),
  ]);
  const config = loadLaunchConfig(process.env);
  const log = createLogger(config.logLevel);
  life.useLogger(log);
  life.checkpoint();
  await startCluster(config, process.env, log, life);
}

if (require.main === module) void main();
