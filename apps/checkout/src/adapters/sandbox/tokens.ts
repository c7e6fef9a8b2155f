import type { ChargeState } from '../../application/ports/payment-provider.port';

/** What the sandbox does with a token: the first answer's state, and how the answer is delivered. */
export interface TokenScript {
  state: ChargeState;
  /** `slow` after three seconds; `lost` never, although the charge is made; `never-arrives`: not even that. */
  answer: 'at-once' | 'slow' | 'lost' | 'never-arrives';
  /** It delays other payments, too, so it is not for public use. */
  isFault?: true;
}

/** The tokens of the public contract, and no others. */
export const TOKENS: ReadonlyMap<string, TokenScript> = new Map<string, TokenScript>([
  ['tok_ok', { state: 'authorized', answer: 'at-once' }],
  ['tok_declined', { state: 'declined', answer: 'at-once' }],
  ['tok_slow', { state: 'authorized', answer: 'slow', isFault: true }],
  ['tok_timeout_ok', { state: 'authorized', answer: 'lost', isFault: true }],
  ['tok_timeout_lost', { state: 'authorized', answer: 'never-arrives', isFault: true }],
  ['tok_3ds', { state: 'requires-action', answer: 'at-once' }],
  ['tok_late', { state: 'processing', answer: 'at-once', isFault: true }],
]);

export const SLOW_ANSWER_MS = 3_000;
/** `tok_late` succeeds this long after the hold and its payment window have ended. */
export const LATE_AFTER_MS = 1_000;
