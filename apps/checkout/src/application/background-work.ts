import { withDeadline } from '@holdfast/kernel';
import type { Logger } from '@holdfast/observability';

/** Payments that continue after their request was answered, so that a shutdown can wait for them. A completer finishes those it cuts off. */
export class BackgroundWork {
  private readonly running = new Set<Promise<unknown>>();

  constructor(private readonly logger: Logger) {}

  track<T>(work: Promise<T>): Promise<T> {
    const done = work.then(
      () => undefined,
      (error: unknown) => this.logger.warn({ err: error }, 'payment interrupted, a completer will finish it'),
    );
    this.running.add(done);
    void done.then(() => this.running.delete(done));
    return work;
  }

  /** Waits until all are done, at most `deadlineMs`. */
  async drain(deadlineMs: number): Promise<void> {
    await withDeadline('payments in flight', deadlineMs, Promise.all(this.running)).catch(() => undefined);
  }
}
