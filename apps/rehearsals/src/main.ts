import 'reflect-metadata';
import { runProcess } from '@holdfast/process';

/** The runner of rehearsals in cluster mode. */
if (require.main === module)
  void runProcess('Holdfast rehearsals', async (life) => {
    // Loaded after the signal handlers are installed: on a busy machine it takes most of a second.
    const { start } = await import('./service.js');
    await start(process.env, life);
  });
