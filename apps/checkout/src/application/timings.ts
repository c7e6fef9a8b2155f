/** Checkout's timings, in one object, so that tests can shorten them. */
export interface CheckoutTimings {
  /** How long a shopper waits for the provider before a 202. */
  answerBudgetMs: number;
  /** How long a second request with the same key waits for the first one's answer: of another process, by polling … */
  replayWaitMs: number;
  /** … and of this process, by joining it. The first may wait 8 s for a permit; a call from a gateway ends after 13 s. */
  joinWaitMs: number;
  /**
   * The lease of an order that was moved; longer than any step. The longest, of a completer, is a lookup at the provider (`providerDeadlineMs`)
   * and a repeated call of a second.
   */
  leaseMs: number;
  /** One call to the provider. Longer than the slowest regular answer (`tok_slow`: 3 s). */
  providerDeadlineMs: number;
  /** Interval of the search for due orders. */
  completerEveryMs: number;
  /** Interval of the search for late charges and undelivered webhooks of the sandbox. */
  sandboxEveryMs: number;
}

export const DEFAULT_TIMINGS: CheckoutTimings = {
  answerBudgetMs: 2_000,
  replayWaitMs: 2_500,
  joinWaitMs: 12_000,
  leaseMs: 6_000,
  providerDeadlineMs: 4_000,
  completerEveryMs: 250,
  sandboxEveryMs: 250,
};
