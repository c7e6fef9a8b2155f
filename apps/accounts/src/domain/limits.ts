/** How long things live, and how many there are. */
export const SESSION_SECONDS = 30 * 24 * 3600; // then people sign in again, however active
/** After a lost answer the client asks again with the token it has. */
export const REPLACED_TOKEN_SECONDS = 10;
export const SESSIONS_OF_PERSON_MAX = 20; // browsers and devices; the oldest ends
/** Reuse of an older one is not noticed, it is only refused: a session that refreshes in a loop must not fill the disk. */
export const TOKENS_OF_SESSION_MAX = 1_000;
export const LINK_SECONDS = 3600;
export const STAFF_OF_MERCHANT_MAX = 500;
export const KEYS_OF_MERCHANT_MAX = 200;
/** A gateway that heard nothing for longer has no live token from before: those live ten minutes. */
export const REVOCATION_SECONDS = 3600;
export const REVOCATIONS_PAGE_MAX = 1_000;
/** Addresses that are nobody's and were guessed at; the oldest are forgotten. A row takes about 100 bytes. */
export const UNKNOWN_ADDRESSES_MAX = 100_000;
export const KEY_USE_NOTED_EVERY_SECONDS = 60;
