import type { NoAnswer } from '../shared/answer';
import type { Drop } from '../shared/types';

/** A message to the shopper. */
export interface Notice {
  tone: 'info' | 'warn' | 'bad' | 'good';
  title: string;
  text: string;
}

const notice = (tone: Notice['tone'], title: string, text: string): Notice => ({ tone, title, text });

export function soldOut(name: string): Notice {
  return notice(
    'warn',
    'Sold out',
    `There are not enough units of ${name} left. You can choose another option.`,
  );
}

export function limitReached(limit: number): Notice {
  return notice(
    'warn',
    'Limit reached',
    `You can have at most ${limit} ${limit === 1 ? 'unit' : 'units'} of this drop, including what you hold and what you have bought.`,
  );
}

export const HOLD_OVER = notice(
  'warn',
  'Your hold has expired',
  'The units are on sale again. Nothing was charged.',
);

export const HOLD_ENDED = notice(
  'info',
  'This hold is no longer active',
  'It was released or has already been paid for. You were not charged again.',
);

export const RELEASED = notice('info', 'Hold released', 'The units are on sale again. Nothing was charged.');

export const DECLINED = notice(
  'bad',
  'Card declined',
  'Nothing was charged, and your hold is still active. Try another card.',
);

export const PAYMENT_FAILED = notice(
  'bad',
  'Payment failed',
  'Nothing was charged. Your hold is still active: you can try again until it expires.',
);

/** What to show for a drop that does not accept holds at the moment. */
export function dropClosedWords(state: Drop['state']): Notice | null {
  switch (state) {
    case 'paused':
      return notice(
        'info',
        'Paused',
        'The sale is paused. You can pay for what you hold, and place new holds when the sale resumes.',
      );
    case 'scheduled':
      return notice('info', 'Not open yet', 'You can place a hold when the countdown ends.');
    case 'closed':
      return notice('info', 'Drop closed', 'This drop no longer accepts holds. Thank you for visiting.');
    case 'open':
    case 'draft':
      return null;
  }
}

/** What a failed request means for the shopper. */
export function wordsFor(answer: NoAnswer): Notice {
  if (answer.kind === 'unreachable') {
    return notice(
      'bad',
      'The shop is not responding',
      'Please try again. A repeated request is executed only once.',
    );
  }
  if (answer.status === 429) {
    const wait = answer.retryAfterSeconds;
    return notice(
      'warn',
      'Too many requests',
      `Please wait ${wait ? `${wait} seconds` : 'a moment'} and try again.`,
    );
  }
  if (answer.status >= 500) {
    return notice(
      'warn',
      'The shop is busy',
      'Please try again in a moment. A repeated request is executed only once.',
    );
  }
  return notice(
    'bad',
    answer.problem.title || 'Something went wrong',
    answer.problem.detail || 'Please try again.',
  );
}

export const TROUBLE = {
  slow: 'The shop has not responded yet. Still waiting…',
  unreachable: 'No response yet. Retrying…',
  busy: 'The shop is busy. Retrying…',
  'too-many': 'Too many requests. Retrying in a moment…',
} as const;

/** Why an order was not paid, by its reason code. */
export function orderReason(reason: string | undefined): string {
  switch (reason) {
    case 'payment-declined':
      return 'The payment was declined.';
    case 'payment-timed-out':
      return 'The bank did not respond in time.';
    case 'units-gone':
      return 'The payment arrived too late: the units were no longer available.';
    default:
      return 'The payment failed.';
  }
}

/** The sandbox's test tokens in a shopper's words. */
const TEST_CARDS = [
  ['tok_ok', 'Card that succeeds'],
  ['tok_3ds', 'Card that requires confirmation by the bank'],
  ['tok_declined', 'Card that is declined'],
] as const;

/** Tokens that delay or lose answers: refused unless HOLDFAST_SANDBOX_FAULTS is on. */
const FAULTY_CARDS = [
  ['tok_slow', 'Slow bank (3 seconds)'],
  ['tok_timeout_ok', 'Charged, but the bank’s response is lost'],
  ['tok_timeout_lost', 'Bank that never responds'],
  ['tok_late', 'Payment that arrives too late'],
] as const;

/** The cards that the shop accepts; the page's root element says whether the faulty ones are among them. */
export function acceptedCards(root: {
  dataset: Partial<Record<string, string>>;
}): readonly (readonly [token: string, words: string])[] {
  return 'sandboxFaults' in root.dataset ? [...TEST_CARDS, ...FAULTY_CARDS] : TEST_CARDS;
}
