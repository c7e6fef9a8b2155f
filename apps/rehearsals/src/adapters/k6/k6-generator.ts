import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { findK6, type LoadResult, runLoad } from '@holdfast/load';
import { type Load, LoadGenerator, type LoadOptions } from '../../application/ports/load-generator.port';

/** k6 as a child that ends when this process does. Its files are in a folder of their own under the data folder. */
export class K6Generator extends LoadGenerator {
  private program: string | null = null;
  private runs = 0;
  private readonly folder: string;

  constructor(dataDir: string) {
    super();
    this.folder = join(dataDir, 'rehearsals');
  }

  async prepare(signal: AbortSignal, say: (line: string) => void): Promise<void> {
    this.program = await findK6({ signal, say });
  }

  async run({ ghostId, pass, ...load }: Load, { signal, onSecond }: LoadOptions): Promise<LoadResult> {
    this.runs += 1;
    const out = join(this.folder, `run-${this.runs}`);
    mkdirSync(out, { recursive: true, mode: 0o700 });
    try {
      return await runLoad(
        { ...load, dropId: ghostId, operatorPass: '', rehearsalPass: pass, out },
        {
          signal,
          say: () => undefined,
          ...(onSecond ? { onSecond } : {}),
          ...(this.program === null ? {} : { program: this.program }),
        },
      );
    } finally {
      // Notes of a large run are some ten megabytes, and there are eight runs.
      await rm(out, { recursive: true, force: true });
    }
  }

  async clean(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
