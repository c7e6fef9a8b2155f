/** Rates are tried on a grid, so that two searches of the same product end at the same figure. */
const GRID = 1.12;
const GRID_FIRST = 5; // a second
const GRID_LAST = 60; // about 4,500 a second
const STRIDE = 6; // about a doubling
const STEPS_MAX = 7;
const REPEATS_MAX = 2; // of all steps that the generator has spoilt
const MARGIN = 0.8; // what is recommended, of what held

export type RateAnswer =
  | { kind: 'held' }
  | { kind: 'broke'; promise: string }
  /** The generator could not send that much: it says nothing about the product, so the step is run once more. */
  | { kind: 'generator' };

export interface RateStep {
  perSecond: number;
  answer: RateAnswer;
}

const rateAt = (index: number) => Math.round(GRID_FIRST * GRID ** index);

/**
 * Finds the highest rate of new holds at which all promises hold: up in doublings until one breaks, then by
 * bisection. Bounded to seven steps, and two that are repeated. Ask `next`, run a step, give its answer.
 */
export class SafeRateSearch {
  readonly steps: RateStep[] = [];
  private lowest = -1; // held at this index
  private broken = GRID_LAST + 1; // did not hold at this index
  private index: number;
  private repeats = 0;

  /** Begins near `perSecond`, e.g. a rate that the rehearsal itself has reached. */
  constructor(perSecond: number) {
    const near = Math.round(Math.log(Math.max(1, perSecond) / GRID_FIRST) / Math.log(GRID));
    // On every other stride, so that small differences of the first run do not move the whole search.
    this.index = clamp(Math.floor(near / STRIDE) * STRIDE);
  }

  /** New holds a second of the next step; null: the search is over. */
  next(): number | null {
    const isFound = this.broken - this.lowest <= 1;
    return isFound || this.steps.length - this.repeats >= STEPS_MAX ? null : rateAt(this.index);
  }

  answer(answer: RateAnswer): void {
    const perSecond = rateAt(this.index);
    const isFirst = !this.steps.some((step) => step.perSecond === perSecond);
    this.steps.push({ perSecond, answer });
    // Something else may have taken the processors for a moment: once more before it counts as a limit.
    if (answer.kind === 'generator' && isFirst && this.repeats < REPEATS_MAX) {
      this.repeats += 1;
      return;
    }
    if (answer.kind === 'held') this.lowest = Math.max(this.lowest, this.index);
    else this.broken = Math.min(this.broken, this.index);
    const hasCeiling = this.broken <= GRID_LAST;
    if (!hasCeiling) this.index = clamp(this.index + STRIDE);
    else if (this.lowest < 0) this.index = clamp(this.index - STRIDE);
    else this.index = Math.floor((this.lowest + this.broken) / 2);
  }

  /** New holds a minute that are recommended; null: no rate held. */
  get perMinute(): number | null {
    return this.highest === 0 ? null : Math.floor(this.highest * 60 * MARGIN);
  }

  /** Whether the generator and not the product was what ended the search. */
  get isLimitedByGenerator(): boolean {
    // What held or broke in the second try was not limited in the first one.
    const last = new Map(this.steps.map((step) => [step.perSecond, step]));
    const ceiling = [...last.values()]
      .filter(({ perSecond, answer }) => perSecond > this.highest && answer.kind !== 'held')
      .toSorted((a, b) => a.perSecond - b.perSecond)[0];
    return ceiling?.answer.kind === 'generator';
  }

  private get highest(): number {
    const held = this.steps.filter(({ answer }) => answer.kind === 'held');
    return Math.max(0, ...held.map(({ perSecond }) => perSecond));
  }
}

const clamp = (index: number) => Math.min(GRID_LAST, Math.max(0, index));
