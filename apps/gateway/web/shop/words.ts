import type { NoAnswer } from '../shared/answer';
import type { Drop } from '../shared/types';

/** Something to tell the shopper, in plain words. */
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
    `Somebody was quicker: there is not enough left of ${name}. Another choice may still be there.`,
  );
}

export function limitReached(limit: number): Notice {
  return notice(
    'warn',
    'Limit reached',
    `One customer may have ${limit} ${limit === 1 ? 'unit' : 'units'} of this drop. What you hold and what you bought count.`,
  );
}

export const HOLD_OVER = notice(
  'warn',
  'Your hold is over',
  'Its time ran out and the units went back on sale. Nothing was charged.',
);

export const HOLD_ENDED = notice(
  'info',
  'This hold has ended',
  'It was released or paid already. Nothing more was charged.',
);

export const RELEASED = notice('info', 'Released', 'Your units are on sale again. Nothing was charged.');

export const DECLINED = notice(
  'bad',
  'The card was declined',
  'Nothing was charged, and your hold is still yours. Try another card.',
);

export const PAYMENT_FAILED = notice(
  'bad',
  'The payment did not go through',
  'Nothing was charged. Your hold is still yours: you can try again while its time lasts.',
);

/** The words for a drop that takes no holds at the moment. */
export function dropClosedWords(state: Drop['state']): Notice | null {
  switch (state) {
    case 'paused':
      return notice(
        'info',
        'Paused',
        'The sale stands still for a moment. Holds can be paid; new ones can be placed when it goes on.',
      );
    case 'scheduled':
      return notice('info', 'Not open yet', 'Holds can be placed from the moment the countdown ends.');
    case 'closed':
      return notice('info', 'This drop is over', 'It takes no holds any more. Thank you for coming by.');
    case 'open':
    case 'draft':
      return null;
  }
}

/** What a refused or lost call means for the shopper, whatever it was about. */
export function wordsFor(answer: NoAnswer): Notice {
  if (answer.kind === 'unreachable') {
    return notice(
      'bad',
      'No answer from the shop',
      'It did not answer in time. Nothing is lost: please try again, and the shop knows what it did the first time.',
    );
  }
  if (answer.status === 429) {
    const wait = answer.retryAfterSeconds;
    return notice(
      'warn',
      'Too many requests',
      `Please wait ${wait ? `${wait} seconds` : 'a moment'}, then try again.`,
    );
  }
  if (answer.status >= 500) {
    return notice('warn', 'The shop is very busy', 'Please try again in a moment. Nothing happens twice.');
  }
  return notice(
    'bad',
    answer.problem.title || 'That did not work',
    answer.problem.detail || 'Please try again.',
  );
}

export const TROUBLE = {
  slow: 'The shop has not answered yet. Still waiting…',
  unreachable: 'No answer yet. Asking the shop again…',
  busy: 'The shop is busy. Asking again…',
  'too-many': 'Too many requests at once. Asking again in a moment…',
} as const;

/** Why an order was not paid, by its reason code. */
export function orderReason(reason: string | undefined): string {
  switch (reason) {
    case 'payment-declined':
      return 'The payment was declined.';
    case 'payment-timed-out':
      return 'The bank gave no answer in time.';
    case 'units-gone':
      return 'The payment came too late: the units were gone by then.';
    default:
      return 'The payment failed.';
  }
}

/** The sandbox's cards in the words of a shopper. */
export const TEST_CARDS = [
  ['tok_ok', 'A card that works'],
  ['tok_3ds', 'A card whose bank asks you first'],
  ['tok_slow', 'A slow bank (three seconds)'],
  ['tok_declined', 'A card that is declined'],
  ['tok_timeout_ok', 'Charged, but the bank’s answer gets lost'],
  ['tok_timeout_lost', 'A bank that never answers'],
  ['tok_late', 'Money that arrives too late'],
] as const;
