import { type Sight, Witness, type WitnessOptions } from '../witness';

/** No answer may take longer than the services promise (3 s) and a busy machine adds. */
const HANG_MS = 8_000;
const THINK_MS = 50;

/** A crowd that holds, pays and remembers, and tells every answer that a shopper must not get. */
export class StrictCrowd {
  /** In words; empty when all is well. */
  readonly faults: string[] = [];
  /** Answers by status. */
  readonly counts: Record<string, number> = {};
  slowestMs = 0;
  readonly witness: Witness;

  constructor(url: string, options: Omit<WitnessOptions, 'url' | 'onSight'>) {
    this.witness = new Witness(url, { ...options, onSight: (sight) => this.judge(sight) });
  }

  /** Answers so far that were more than a refusal to try. */
  get served(): number {
    return Object.entries(this.counts).reduce((sum, [status, n]) => sum + (status < '500' ? n : 0), 0);
  }

  get putOff(): number {
    return this.counts['503'] ?? 0;
  }

  /**
   * Lets shoppers think between two calls while `work` lasts: what starts needs the machine, too, and each answer is asked for again at the end. All
   * that was in flight when it began goes on.
   */
  async slowly<T>(work: () => Promise<T>): Promise<T> {
    this.witness.thinkMs = THINK_MS;
    try {
      return await work();
    } finally {
      this.witness.thinkMs = 0;
    }
  }

  get figures(): string {
    return `${JSON.stringify(this.counts)}, slowest ${Math.round(this.slowestMs)} ms`;
  }

  private judge({ path, status, retryAfter, text, ms }: Sight): void {
    const word = String(status ?? 'no answer');
    this.counts[word] = (this.counts[word] ?? 0) + 1;
    this.slowestMs = Math.max(this.slowestMs, ms);
    const fine = status !== null && (status < 500 || (status === 503 && retryAfter !== null));
    if (!fine) this.faults.push(`${path}: ${word} ${text.slice(0, 300)}`);
    if (ms > HANG_MS) this.faults.push(`${path}: ${word} after ${Math.round(ms)} ms`);
  }
}
