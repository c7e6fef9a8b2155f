import { processorSeconds } from './processor-time';

const LOOK_MS = 500;

/** Measures the processor time of a process while shoppers arrive: its start and its tail are not part of it. */
export class ProcessorWatch {
  /** How long was measured. */
  seconds = 0;
  /** Processor seconds in that time. */
  used = 0;
  private first: { atMs: number; used: number } | null = null;
  private readonly timer: NodeJS.Timeout;

  /** `beganAtMs` is 0 until the first shopper is due. */
  constructor(
    private readonly pid: number,
    private readonly secondsMax: number,
    private readonly beganAtMs: () => number,
  ) {
    this.timer = setInterval(() => this.look(), LOOK_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    const now = Date.now();
    const began = this.beganAtMs();
    if (began === 0 || now < began || now > began + this.secondsMax * 1_000) return;
    const used = processorSeconds(this.pid);
    if (used === null) return;
    this.first ??= { atMs: now, used };
    this.seconds = (now - this.first.atMs) / 1_000;
    this.used = used - this.first.used;
  }
}
