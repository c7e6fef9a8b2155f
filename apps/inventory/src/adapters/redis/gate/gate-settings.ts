/** Limits of the gate in Redis; tests use smaller ones. */
export interface GateSettings {
  callDeadlineMs: number;
  inFlightMs: number;
  probeMs: number;
  trustMs: number;
  ttlMs: number;
  circuitOpenMs: number;
  graceMs: number;
  unseenMax: number;
  pendingMsMax: number;
  pendingMax: number;
  recheckEveryMs: number;
  seedLeaseMs: number;
  seedRetryMs: number;
  tooManyRetryMs: number;
  doubtMs: number;
  customersMax: number;
  shortageCustomersMax: number;
}

export const GATE_SETTINGS: GateSettings = {
  // A call takes half a millisecond. After this time the ledger itself would have answered.
  callDeadlineMs: 100,
  // A little more than the lane's deadline (2.5 s), after which a place is no longer answered and its units
  // are free for others.
  inFlightMs: 3_000,
  // One place per second and SKU goes to the ledger although it seems sold out. Bounds how long an available
  // unit is missed if updates were lost.
  probeMs: 1_000,
  // Updates and stream agree within this time; a row that is still ahead of the ledger was never in it.
  trustMs: 2_000,
  // Keys of unused drops expire after this.
  ttlMs: 3_600_000,
  // The circuit is open for this long after a failed call; then one place is the trial.
  circuitOpenMs: 100,
  // Places wait this long for a gate that has just failed, so that a short interruption does not send a crowd
  // to the ledger. Then they go to the ledger unseen, until a call succeeds again.
  graceMs: 750,
  // Without decisions of the gate nothing is refused early, so this limit protects the ledger from a crowd: a
  // quarter of a batch, which still serves about 10,000 a second.
  unseenMax: 64,
  // The rest of the lane's deadline (2.5 s) is enough for a place; a shopper gets an answer within three
  // seconds.
  pendingMsMax: 1_500,
  // About as many as a lane accepts; more could not be served in time. About 10 MB with usual lines.
  pendingMax: 20_000,
  // For changes without an update: by another process, or units that are no longer counted as in flight.
  recheckEveryMs: 50,
  // Renewed four times within it. If an instance dies while seeding, others can seed the drop after this.
  seedLeaseMs: 2_000,
  // After a failed seeding, or one with nothing to seed.
  seedRetryMs: 1_000,
  // Counting up to the limit is slow, and the next result is rarely different.
  tooManyRetryMs: 60_000,
  // An abandoned statement may still commit until the server's own timeouts end it, which are shorter than
  // this.
  doubtMs: 10_000,
  // About 20 MB; a drop with more asks the ledger.
  customersMax: 200_000,
  // About half a megabyte a second for each gateway; beyond it gateways do not refuse on their own, but the
  // gate still does.
  shortageCustomersMax: 20_000,
};

export const PLACES_A_CALL_MAX = 64; // about a third of a millisecond of Redis' single thread
// More would only queue for the same thread.
export const CALLS_AT_ONCE_MAX = 4;
export const ROWS_A_CALL_MAX = 500;
export const CUSTOMERS_A_CALL_MAX = 1_000;
