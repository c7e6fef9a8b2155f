/**
 * How long an account takes no further guess. The same for addresses that are nobody's: else the pause would tell who is staff. The right password
 * waits, too: else a guess would be worth making during the pause.
 */
export const LOGIN_BACKOFF = {
  /** Wrong guesses without a pause: a person who mistypes is not kept waiting. */
  freeGuesses: 5,
  firstPauseSeconds: 1,
  /** 96 guesses a day at most, for good. */
  pauseSecondsMax: 15 * 60,
  /** Without a guess for so long, the count begins anew. */
  forgetAfterSeconds: 24 * 3600,
} as const;

/** The pause after the n-th wrong guess, in seconds. The ledger computes it in `charge-guess.sql`; a test compares the two. */
export function pauseSecondsAfter(guesses: number): number {
  const { freeGuesses, firstPauseSeconds, pauseSecondsMax } = LOGIN_BACKOFF;
  if (guesses <= freeGuesses) return 0;
  return Math.min(pauseSecondsMax, firstPauseSeconds * 2 ** (guesses - freeGuesses - 1));
}
