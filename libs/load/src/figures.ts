import type { ClientNote } from '@holdfast/audit';
import { Latencies } from './latencies';
import type { LoadResult, LoadSecond } from './load-result';
import type { LoadNote, LoadStep, NotedAt } from './model/load-note';

export type Note = (ClientNote | LoadNote) & NotedAt;

/** A note may reach us this late; then its second is closed. */
const LAG_MS = 1_000;

/** Counts of one second while it is open. */
const emptySecond = () => ({ offered: 0, held: 0, paid: 0, refused: 0, errors: 0 });

/**
 * Adds up the notes of a run as they come: figures per second, latencies per step. Bounded: one row a second and
 * ten histograms, however many notes.
 */
export class Figures {
  readonly seconds: LoadSecond[] = [];
  readonly refused: Record<string, number> = {};
  /** Late timers of the generator itself. */
  readonly late = new Latencies();
  /** Shoppers that were sent. */
  came = 0;
  beganAtMs = 0;
  soldOutAfterMs: number | null = null;
  /** Most shoppers in a second in which the generator was on time; 0: there was none. */
  onTimePerSecondMax = 0;
  private readonly ages = new Latencies();
  private readonly steps = new Map<LoadStep, Latencies>();
  private open = emptySecond();
  private readonly inSecond = {
    hold: new Latencies(),
    pay: new Latencies(),
    age: new Latencies(),
    late: new Latencies(),
  };

  /** `lateMsMax`: what counts as on time for `onTimePerSecondMax`. */
  constructor(
    private readonly onSecond: (second: LoadSecond) => void,
    private readonly lateMsMax: number,
  ) {}

  add(note: Note): void {
    if (note.did === 'began') this.beganAtMs = note.dueMs;
    else if (this.beganAtMs > 0) this.closeUntil(note.at - LAG_MS);
    if (note.did === 'came') this.cameIn(note);
    else if (note.did === 'step') this.step(note);
    else if (note.did === 'ages') note.ms.forEach((ms) => this.age(ms));
    else if (note.did === 'paid') this.open.paid += 1;
    else if (note.did === 'fault') this.open.errors += 1;
  }

  /** Closes the second that is still open; nothing is added after that. */
  end(): void {
    if (this.beganAtMs > 0) this.close();
  }

  get liveAgeP99Ms(): number | null {
    return this.ages.at(99);
  }

  stepLatencies(): LoadResult['steps'] {
    return Object.fromEntries([...this.steps].map(([step, all]) => [step, all.summary()]));
  }

  private cameIn({ timerMs }: Extract<Note, { did: 'came' }>): void {
    this.came += 1;
    this.open.offered += 1;
    this.timer(timerMs);
  }

  private age(ms: number): void {
    this.ages.add(ms);
    this.inSecond.age.add(ms);
  }

  private step({ step, ms, end, code, timerMs, at }: Extract<Note, { did: 'step' }>): void {
    this.timer(timerMs);
    this.latency(step, ms);
    if (end === 'done' && step === 'hold') this.open.held += 1;
    if (end !== 'refused') return;
    this.open.refused += 1;
    if (code !== undefined) this.refused[code] = (this.refused[code] ?? 0) + 1;
    if (code === 'sold-out') this.soldOutAfterMs ??= Math.max(0, at - this.beganAtMs);
  }

  private latency(step: LoadStep, ms: number): void {
    const all = this.steps.get(step) ?? new Latencies();
    this.steps.set(step, all);
    all.add(ms);
    if (step === 'hold' || step === 'pay') this.inSecond[step].add(ms);
  }

  private timer(ms: number | undefined): void {
    if (ms === undefined) return;
    this.late.add(ms);
    this.inSecond.late.add(ms);
  }

  private closeUntil(ms: number): void {
    while (this.beganAtMs + (this.seconds.length + 1) * 1_000 <= ms) this.close();
  }

  private close(): void {
    const { hold, pay, age, late } = this.inSecond;
    const second: LoadSecond = {
      second: this.seconds.length,
      ...this.open,
      holdP50Ms: hold.at(50),
      holdP99Ms: hold.at(99),
      payP99Ms: pay.at(99),
      liveAgeMs: age.at(99),
    };
    if ((late.at(99) ?? 0) <= this.lateMsMax)
      this.onTimePerSecondMax = Math.max(this.onTimePerSecondMax, second.offered);
    this.seconds.push(second);
    this.open = emptySecond();
    Object.values(this.inSecond).forEach((each) => each.reset());
    this.onSecond(second);
  }
}
