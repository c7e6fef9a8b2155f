import type { ClientNote } from '@holdfast/audit';
import { Latencies } from './latencies';
import type { AnswerSpan, LoadResult, LoadSecond } from './load-result';
import type { LoadNote, LoadStep, NotedAt } from './model/load-note';
import { OpenSecond } from './open-second';

export type Note = (ClientNote | LoadNote) & NotedAt;

/** A note reaches us at most so late; then its second is closed, and a later one counts in the next. */
const LAG_MS = 1_000;

/**
 * Adds up the notes of a run as they come: figures per second, latencies per step. Bounded: one row a second, some
 * twenty histograms, and two numbers for each hold and payment that was answered.
 */
export class Figures {
  readonly seconds: LoadSecond[] = [];
  readonly refused: Record<string, number> = {};
  /** Late timers of the generator itself. */
  readonly late = new Latencies();
  readonly spans = { hold: [] as AnswerSpan[], pay: [] as AnswerSpan[] };
  /** Shoppers that were sent. */
  came = 0;
  beganAtMs = 0;
  soldOutAfterMs: number | null = null;
  /** Most shoppers in a second in which the generator was on time; 0: there was none. */
  onTimePerSecondMax = 0;
  private readonly ages = new Latencies();
  private readonly steps = new Map<LoadStep, Latencies>();
  /** The next second to be closed, and those behind it. */
  private open: OpenSecond[] = [];

  /** `lateMsMax`: what counts as on time for `onTimePerSecondMax`. */
  constructor(
    private readonly onSecond: (second: LoadSecond) => void,
    private readonly lateMsMax: number,
  ) {}

  add(note: Note): void {
    if (note.did === 'began') this.beganAtMs = note.dueMs;
    if (this.beganAtMs === 0) return; // nobody is due yet
    this.closeUntil(note.at - LAG_MS);
    const second = this.secondOf(note.at);
    if (note.did === 'came') this.cameIn(second, note);
    else if (note.did === 'step') this.step(second, note);
    else if (note.did === 'ages')
      for (const ms of note.ms) [this.ages, second.age].forEach((all) => all.add(ms));
    else if (note.did === 'paid') second.paid += 1;
    else if (note.did === 'fault') second.errors += 1;
  }

  /** Closes the seconds that are still open; nothing is added after that. */
  end(): void {
    while (this.open.length > 0) this.close();
  }

  get liveAgeP99Ms(): number | null {
    return this.ages.at(99);
  }

  stepLatencies(): LoadResult['steps'] {
    return Object.fromEntries([...this.steps].map(([step, all]) => [step, all.summary()]));
  }

  private cameIn(second: OpenSecond, { timerMs }: Extract<Note, { did: 'came' }>): void {
    this.came += 1;
    second.offered += 1;
    this.timer(second, timerMs);
  }

  private step(
    second: OpenSecond,
    { step, ms, end, code, timerMs, at }: Extract<Note, { did: 'step' }>,
  ): void {
    this.timer(second, timerMs);
    const all = this.steps.get(step) ?? new Latencies();
    this.steps.set(step, all);
    all.add(ms);
    if (step === 'hold' || step === 'pay') {
      second[step].add(ms);
      this.spans[step].push({ dueMs: at - this.beganAtMs - ms, ms });
    }
    if (end === 'done' && step === 'hold') second.held += 1;
    if (end !== 'refused') return;
    second.refused += 1;
    if (code !== undefined) this.refused[code] = (this.refused[code] ?? 0) + 1;
    if (code === 'sold-out') this.soldOutAfterMs ??= Math.max(0, at - this.beganAtMs);
  }

  private timer(second: OpenSecond, ms: number | undefined): void {
    if (ms === undefined) return;
    this.late.add(ms);
    second.late.add(ms);
  }

  /** Opens seconds up to the one of `atMs`; a moment before the first is the first. */
  private secondOf(atMs: number): OpenSecond {
    const wanted = Math.max(this.seconds.length, Math.floor((atMs - this.beganAtMs) / 1_000));
    while (this.seconds.length + this.open.length <= wanted)
      this.open.push(new OpenSecond(this.seconds.length + this.open.length));
    return this.open[wanted - this.seconds.length]!;
  }

  private closeUntil(ms: number): void {
    while (this.beganAtMs + (this.seconds.length + 1) * 1_000 <= ms) this.close();
  }

  private close(): void {
    const open = this.open.shift() ?? new OpenSecond(this.seconds.length);
    // Null: nobody had to wait for a timer, so that all were late.
    if ((open.late.at(99) ?? Infinity) <= this.lateMsMax)
      this.onTimePerSecondMax = Math.max(this.onTimePerSecondMax, open.offered);
    const second = open.closed();
    this.seconds.push(second);
    this.onSecond(second);
  }
}
