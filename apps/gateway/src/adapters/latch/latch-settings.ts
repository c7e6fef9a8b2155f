/**
 * Maximum age of the data for a refusal from memory. A unit that becomes available can be refused for no
 * longer, even if messages are lost (see docs/adr/0010-sold-out-latch.md).
 */
export const LATCH_MS_MAX = 1_000;

// Half of it, so that the next certificate is there when the first one expires.
export const RENEW_AFTER_MS = LATCH_MS_MAX / 2;

/** Between two requests for one drop's certificate; twenty a second are cheap. */
export const ASK_GAP_MS = 50;

/**
 * After an answer without a certificate: the gate is being seeded or an outcome is unknown, which takes
 * longer than a request.
 */
export const UNSURE_GAP_MS = 250;

/**
 * How long a command whose outcome is unknown may still be executed. Its deadlines, here and in the ledger,
 * are shorter.
 */
export const DOUBT_MS = 10_000;

/**
 * Customers recorded for one drop between two certificates. With more, the latch of the drop is suspended,
 * which only costs speed.
 */
export const NOTED_MAX = 20_000; // about 2 MB

/** Customers in all certificates together. Beyond it, inventory's gate refuses. */
export const CUSTOMERS_MAX = 200_000; // about 20 MB

/** Maximum number of drops in memory. */
export const DROPS_MAX = 500;
