import type { Merchants } from '@holdfast/contracts';
import { type Background, PeriodicWorker } from '@holdfast/kernel';

const LOOK_EVERY_MS = 3_000;

/** The origins whose pages may call the shopper API, as the merchants of this installation have set them. The last known ones stay while accounts is unreachable. */
export class AllowedOrigins implements Background {
  private origins: ReadonlySet<string> = new Set();
  private readonly worker: PeriodicWorker;

  constructor(merchants: Pick<Merchants, 'allowedOrigins'>, onError: (error: unknown) => void) {
    const run = async () => {
      this.origins = new Set(await merchants.allowedOrigins());
    };
    this.worker = new PeriodicWorker({ everyMs: LOOK_EVERY_MS, run, onError });
  }

  get size(): number {
    return this.origins.size;
  }

  has(origin: string): boolean {
    return this.origins.has(origin);
  }

  start(): void {
    this.worker.start();
  }

  stop(): Promise<void> {
    return this.worker.stop();
  }
}
