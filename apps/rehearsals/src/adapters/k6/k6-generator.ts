import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { findK6, type LoadResult, runLoad } from '@holdfast/load';
import { type Load, LoadGenerator, type LoadOptions } from '../../application/ports/load-generator.port';

const READY_MS = 60_000;
const BEING_BUILT =
  'k6 is being built, which takes some minutes once on a machine and goes on by itself: start the rehearsal again then. `node tools/k6/build.mjs` waits for it.';

/** k6 as a child that ends when this process does. Its files are in a folder of their own under the data folder. */
export class K6Generator extends LoadGenerator {
  /** The search or the build, which goes on when a rehearsal can wait no longer. */
  private program: Promise<string> | null = null;
  private readonly closing = new AbortController();
  private runs = 0;
  private readonly folder: string;

  constructor(dataDir: string) {
    super();
    this.folder = join(dataDir, 'rehearsals');
  }

  async prepare(signal: AbortSignal, say: (line: string) => void): Promise<void> {
    this.program ??= this.find(say);
    const late = AbortSignal.timeout(READY_MS);
    await unlessAborted(this.program, AbortSignal.any([signal, late])).catch((error: unknown) => {
      throw late.aborted ? new Error(BEING_BUILT) : error;
    });
  }

  private find(say: (line: string) => void): Promise<string> {
    const found = findK6({ signal: this.closing.signal, say });
    found.catch(() => (this.program = null)); // the next rehearsal tries again
    return found;
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
          ...(this.program === null ? {} : { program: await this.program }),
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

  close(): void {
    this.closing.abort();
  }
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason as Error);
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
