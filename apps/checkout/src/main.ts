import 'reflect-metadata';
import { runProcess } from '@holdfast/process';

/** One instance of the checkout service in cluster mode. */
if (require.main === module)
  void runProcess('Holdfast checkout', async (life) => {
    // Loading takes most of a second on a busy machine; by then the signals have somebody who listens.
    const { start } = await import('./service.js');
    await start(process.env, life);
  });
