/** Longer than a lane's deadline; an order that still waits for its turn by then is asked for at another instance. */
const DRAIN_MS_MAX = 4_000;

/**
 * How a service leaves: new calls are answered `draining`, so that callers go elsewhere with nothing lost, and those under way are finished
 * before the sockets close.
 */
export class Draining {
  private begun = false;
  private calls = 0;
  private whenIdle: (() => void)[] = [];

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
    if (this.calls === 0) for (const resolve of this.whenIdle.splice(0)) resolve();
  }

  /** Waits until no call is under way, at most so long. Returns whether that was reached. */
  async idle(msMax = DRAIN_MS_MAX): Promise<boolean> {
    if (this.calls > 0) {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, msMax)));
      await Promise.race([new Promise<void>((resolve) => this.whenIdle.push(resolve)), late]);
      clearTimeout(timer);
    }
    return this.calls === 0;
  }
}
