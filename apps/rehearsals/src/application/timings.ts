/** How often and how long a runner does what; all of it bounds a rehearsal. */
export const TIMINGS = {
  /** A request waits for its runner for this long. */
  pollMs: 500,
  beatMs: 1_000,
  /** Beats that fail for this long: the ledger is gone. One that was ended by others in between says so in its next beat. */
  lostMs: 25_000,
  /** Payments whose outcome is unknown are settled within 15 s. */
  settleMs: 20_000,
  /** Of one step of the search for the safe rate. */
  stepSeconds: 8,
  /** The whole search; a small rehearsal gets less. */
  searchMs: 100_000,
  /** Left of `endsBy` for the end: removing the ghosts. */
  endMs: 10_000,
  /** The result is written again until then: without it the rehearsal would never end for its merchant. */
  writeMs: 30_000,
} as const;
