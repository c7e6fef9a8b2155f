import type { Guesses } from './ports/guesses.port';

/**
 * What became of a guess: `right` forgets the wrong ones before it, `wrong` counts, and `unfinished` was right as far as it went, so it neither
 * counts nor forgets: else who knows the password could guess at codes without end.
 */
export type Verdict = 'right' | 'wrong' | 'unfinished';

export interface Wait {
  kind: 'wait';
  retryAfterSeconds: number;
}

/** Counts guesses before they are looked at, so that a hundred at once are no better than a hundred in turn. */
export class GuessGuard {
  constructor(private readonly guesses: Guesses) {}

  /** `subject`: what is guessed at. `isKnown`: it exists. */
  async look<T>(
    subject: string,
    isKnown: boolean,
    look: () => Promise<{ verdict: Verdict; outcome: T }>,
  ): Promise<T | Wait> {
    const pause = await this.guesses.charge(subject, isKnown);
    if (pause !== null) return { kind: 'wait', retryAfterSeconds: pause };
    let verdict: Verdict = 'unfinished'; // nobody looked: an overload must lock nobody out
    try {
      const looked = await look();
      verdict = looked.verdict;
      return looked.outcome;
    } finally {
      // What was looked at is committed: its answer must not be lost because the count could not be set back.
      await this.settle(subject, verdict).catch(() => undefined);
    }
  }

  private async settle(subject: string, verdict: Verdict): Promise<void> {
    if (verdict === 'right') await this.guesses.forget(subject);
    else if (verdict === 'unfinished') await this.guesses.refund(subject);
  }
}
