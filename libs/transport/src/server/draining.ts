import { withDeadline } from '@holdfast/kernel';

/** Longer than a lane's deadline; an order that is still queued by then is retried at another instance. */
const DRAIN_MS_MAX = 4_000;

/**
 * Shutdown without lost calls: new calls are answered `draining`, and those in flight are finished before the
 * sockets close.
 */
export class Draining {
  private begun = false;
  private calls = 0;
  private onIdle: () => void = () => undefined;

  get active(): boolean {
    return this.begun;
  }

  get inFlight(): number {
    return this.calls;
  }

  begin(): void {
    this.begun = true;
  }

  entered(calls: number): void {
    this.calls += calls;
  }

  left(calls: number): void {
    this.calls -= calls;
    if (this.calls === 0) this.onIdle();
  }

  /** Waits until no call is in flight, for a bounded time. */
  async idle(): Promise<void> {
    if (this.calls === 0) return;
    const idle = new Promise<void>((resolve) => (this.onIdle = resolve));
    await withDeadline('calls in flight', DRAIN_MS_MAX, idle).catch(() => undefined);
  }
}
