import { percentile } from '@holdfast/kernel';

/** What became of the requests of one kind: how often each answer came, and how long it took. */
export class Tally {
  sent = 0;
  readonly answers = new Map<string, number>();
  private readonly times: number[] = [];

  count(answer: string | number, ms?: number): void {
    const name = String(answer);
    this.answers.set(name, (this.answers.get(name) ?? 0) + 1);
    if (ms !== undefined) this.times.push(ms);
  }

  of(answer: string | number): number {
    return this.answers.get(String(answer)) ?? 0;
  }

  /** By nearest rank, in whole milliseconds; null without a time. */
  percentile(share: number): number | null {
    const ms = percentile(this.times, share);
    return ms === null ? null : Math.round(ms);
  }

  get slowest(): number {
    return this.times.reduce((most, ms) => Math.max(most, ms), 0);
  }

  toJSON(): object {
    return { sent: this.sent, answers: Object.fromEntries(this.answers) };
  }
}
