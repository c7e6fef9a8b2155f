import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type ProductPart, ServiceUnavailable } from '@holdfast/contracts';
import { Turns, withDeadline } from '@holdfast/kernel';
import {
  type OpenProductFile,
  type ProductFileOptions,
  ProductFiles,
  type ReadProductFile,
} from '../../application/ports/product-files.port';

const WORKER = join(__dirname, 'product-file.worker.js');

/** Files read at the same time, and files that wait. A container of a gateway has 512 MB. */
const READERS_MAX = 1;
const WAITING_MAX = 20;
const RETRY_SECONDS = 2;
/** 16 MiB take about two seconds; a machine that is busy has twenty times that, and the proxy waits for a minute. */
const READ_MS_MAX = 45_000;
const HEAP_MB_MAX = 256;

/** Reads each file in a thread of its own, which ends with it: whatever is in the file, only the thread stalls or runs out of memory. */
export class WorkerProductFiles extends ProductFiles {
  private readonly turns = new Turns(READERS_MAX, WAITING_MAX);

  override async open(file: Buffer, options: ProductFileOptions): Promise<OpenProductFile> {
    const turn = this.turns.take();
    if (!turn) throw new ServiceUnavailable('too many files are being read', RETRY_SECONDS);
    await turn;
    const thread = new Thread(file, options);
    let isOpen = true;
    const close = () => {
      if (!isOpen) return;
      isOpen = false;
      // The next file is read when this one's memory is free.
      void thread.end().finally(() => this.turns.giveBack());
    };
    try {
      const read = await withDeadline('reading the file', READ_MS_MAX, thread.receive<ReadProductFile>());
      return { ...read, parts: () => thread.parts(), close };
    } catch (error) {
      close();
      if ((error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY') return TOO_LARGE;
      throw error;
    }
  }
}

const TOO_LARGE: OpenProductFile = {
  counts: { products: 0, skus: 0, units: 0 },
  bad: 1,
  rejected: JSON.stringify([
    { line: 1, reason: 'the file needs too much memory: split it into several files' },
  ]),
  notes: '[]',
  parts: async function* () {
    yield* [];
  },
  close: () => undefined,
};

class Thread {
  private readonly worker: Worker;
  private isGone = false;

  constructor(file: Buffer, options: ProductFileOptions) {
    const copy = new Uint8Array(file);
    this.worker = new Worker(WORKER, {
      workerData: { file: copy, options },
      transferList: [copy.buffer],
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB_MAX },
    });
    // `receive` tells of it; without a listener it would end the process.
    this.worker.on('error', () => undefined);
    this.worker.on('exit', () => (this.isGone = true));
  }

  /** The next message. */
  receive<T>(): Promise<T> {
    const { worker } = this;
    const lost = new ServiceUnavailable('the file could not be read');
    if (this.isGone) return Promise.reject(lost);
    return new Promise<T>((resolve, reject) => {
      const onExit = () => settle(() => reject(lost));
      const onError = (error: Error) => settle(() => reject(error));
      const onMessage = (message: T) => settle(() => resolve(message));
      const settle = (done: () => void) => {
        worker.off('exit', onExit).off('error', onError).off('message', onMessage);
        done();
      };
      worker.on('exit', onExit).on('error', onError).on('message', onMessage);
    });
  }

  async *parts(): AsyncGenerator<ProductPart> {
    for (;;) {
      const next = this.receive<ProductPart | null>();
      this.worker.postMessage(null);
      const part = await withDeadline('reading the file', READ_MS_MAX, next);
      if (part === null) return;
      yield part;
    }
  }

  async end(): Promise<void> {
    await this.worker.terminate();
  }
}
