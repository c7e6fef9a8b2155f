const EVERY_MS = 1_000;

/** Says the same thing at most once a second, with how often it happened: a stranger who knocks must not fill the log. */
export class Seldom {
  private times = 0;
  private last = '';
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly tell: (times: number, reason: string) => void) {}

  say(reason: string): void {
    if (this.timer !== null) {
      this.times += 1;
      this.last = reason;
      return;
    }
    this.tell(1, reason);
    this.timer = setTimeout(() => {
      this.timer = null;
      if (this.times > 0) this.tell(this.times, this.last);
      this.times = 0;
    }, EVERY_MS);
    this.timer.unref();
  }
}
