/**
 * The bound: a refusal from memory rests on what inventory knew at most this long ago. A unit that comes back can be called sold out for no
 * longer, whatever is lost on the way (see docs/adr/0010-sold-out-latch.md).
 */
export const LATCH_MS_MAX = 1_000;

// At half the bound, so that a crowd finds the next certificate there when the first one ends.
export const RENEW_AFTER_MS = LATCH_MS_MAX / 2;

/** Between two questions about one drop. A certificate that was cleared is asked for again; twenty questions a second are no burden. */
export const ASK_GAP_MS = 50;

/** After an answer that nothing is sure: the gate is loading or in doubt, which takes longer than a question. */
export const UNSURE_GAP_MS = 250;

/**
 * How long a command whose outcome is unknown may still be carried out. Its deadlines, here and in the ledger, are shorter.
 */
export const DOUBT_MS = 10_000;

/** Customers noted for one drop between two certificates. Beyond it the latch of the drop rests, which costs speed alone. */
export const NOTED_MAX = 20_000; // about 2 MB

/** Customers in all certificates together. A drop for which there is no room is refused by inventory's own gate. */
export const CUSTOMERS_MAX = 200_000; // about 20 MB

/** Drops that something is kept of. */
export const DROPS_MAX = 500;
