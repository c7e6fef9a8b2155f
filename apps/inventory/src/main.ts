import 'reflect-metadata';
import { runProcess } from '@holdfast/process';

/** One instance of the inventory service in cluster mode. */
if (require.main === module)
  void runProcess('Holdfast inventory', async (life) => {
    // Loaded lazily: it takes most of a second on a busy machine, and signals must be handled before.
    const { start } = await import('./service.js');
    await start(process.env, life);
  });
