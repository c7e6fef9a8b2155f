/** Bounds of the gate in Redis. Each has its reason; tests make them smaller. */
export interface GateSettings {
  callDeadlineMs: number;
  flightMs: number;
  probeMs: number;
  trustMs: number;
  ttlMs: number;
  blindMs: number;
  patienceMs: number;
  seedLeaseMs: number;
  seedAgainMs: number;
  tooManyMs: number;
  doubtMs: number;
  customersMax: number;
  shortageCustomersMax: number;
}

export const GATE_SETTINGS: GateSettings = {
  // A call takes half a millisecond. Later than this the ledger itself would have answered by now.
  callDeadlineMs: 100,
  // A little more than the lane's deadline (2.5 s): whoever has no answer by then gets none, and the units are free for others.
  flightMs: 3_000,
  // One place a second and SKU goes to the ledger although all seems gone: so long may a unit be missed when all news of it were lost.
  probeMs: 1_000,
  // News and stream agree within this time; a row that is still ahead of the ledger then was never in it.
  trustMs: 2_000,
  // A drop that nobody asks about any more takes no memory after this.
  ttlMs: 3_600_000,
  // After a failed call nobody waits for the next one; one place tries again.
  blindMs: 100,
  // So long everybody waits for a gate that has just failed (a hiccup, a restart): it must not let a crowd of losers through. After it
  // they go on unseen, until a call succeeds again.
  patienceMs: 750,
  // Renewed four times in it. An instance that died at it leaves the drop to the others after this.
  seedLeaseMs: 2_000,
  // When a seeding failed, or there is nothing to seed.
  seedAgainMs: 1_000,
  // Counting beyond the bound is a long reading, and hardly ever ends otherwise the next time.
  tooManyMs: 60_000,
  // A statement that was given up may still commit until the server's own time-outs end it; they are shorter than this.
  doubtMs: 10_000,
  // About 20 MB; a drop with more asks the ledger.
  customersMax: 200_000,
  // About half a megabyte a second for each gateway; beyond it the gateways ask us, and the gate still refuses.
  shortageCustomersMax: 20_000,
};

export const PLACES_A_CALL_MAX = 64; // about a third of a millisecond of Redis' only thread
// More would wait behind each other on the same thread, with their deadlines running.
export const CALLS_AT_ONCE_MAX = 4;
export const ROWS_A_CALL_MAX = 500;
export const CUSTOMERS_A_CALL_MAX = 1_000;
