/** How long checkout waits for what. One object, so that tests can hurry. */
export interface CheckoutTimings {
  /** A shopper waits that long for the provider, then gets a 202. */
  answerBudgetMs: number;
  /** A second request with the same key waits that long for the first one's answer: of another process, by looking again and again … */
  replayWaitMs: number;
  /** … and of this one, by joining it. The first may wait 8 s for its turn; a call from a gateway ends after 13 s. */
  joinWaitMs: number;
  /**
   * Nobody else touches an order that was moved on within this time; longer than any one step takes. The longest of a completer asks the
   * provider (`providerDeadlineMs`) and then repeats a call for a second.
   */
  leaseMs: number;
  /** One call to the provider. Longer than the slowest honest answer (`tok_slow`: 3 s). */
  providerDeadlineMs: number;
  /** Pause between two looks for due orders. */
  completerEveryMs: number;
  /** Pause between two looks for late charges and undelivered webhooks of the sandbox. */
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
