import type { NoAnswer } from '../shared/answer';
import { isOpen } from './state/form';

/** What a call that was refused, or that was not answered, means for the person. `isRead`: it changes nothing. */
export function failureWords(answer: NoAnswer, isRead = false): { title: string; text: string } {
  if (answer.kind === 'unreachable') {
    return navigator.onLine
      ? {
          title: 'Holdfast is not responding',
          text: 'It is not known whether the last request was carried out. What is shown may be out of date.',
        }
      : { title: 'You are offline', text: 'The page goes on when the connection is back.' };
  }
  const { problem, retryAfterSeconds: wait } = answer;
  if (!isRead && isOpen(answer))
    return {
      title: problem.title || 'Something went wrong',
      text: 'It may have been carried out. Try again: it is done once.',
    };
  switch (problem.code) {
    case 'step-up-required':
      return { title: 'Not confirmed', text: 'Nothing was changed, because the password was not confirmed.' };
    case 'mfa-required':
      return {
        title: 'Two-factor sign-in required',
        text: 'This merchant requires a second factor from everybody.',
      };
    case 'precondition-failed':
      return {
        title: 'Changed by somebody else',
        text: 'Nothing was saved. Reload to see the current version, then make your change again.',
      };
    case 'quota-exceeded':
      return {
        title: problem.title,
        text: wait ? `Try again in ${waitWords(wait)}.` : 'Try again in a moment.',
      };
    default:
      return {
        title: problem.title || 'Something went wrong',
        text: problem.detail || 'Please try again.',
      };
  }
}

export function waitWords(seconds: number): string {
  if (seconds < 60) return `${seconds} ${seconds === 1 ? 'second' : 'seconds'}`;
  const minutes = Math.ceil(seconds / 60);
  return `${minutes} ${minutes === 1 ? 'minute' : 'minutes'}`;
}

const REFUSAL_WORDS: Readonly<Record<string, string>> = {
  'sold-out': 'Sold out',
  'limit-reached': 'Limit for one customer or network reached',
  'drop-not-open': 'Not open yet, or paused',
  'drop-closed': 'Closed',
  'quota-exceeded': 'Too many requests',
  'temporarily-unavailable': 'Asked to try again: a part is down',
  'temporary-reduced-capacity': 'Asked to try again: too busy',
  'request-in-progress': 'Sent twice at once',
  'idempotency-key-reused': 'Key used for something else',
  'idempotency-key-required': 'Without an Idempotency-Key',
  'invalid-request': 'Not a valid request',
  unauthenticated: 'Not signed in',
  'internal-error': 'A fault of the product',
};

/** Why shoppers did not get a hold, by the code that they were answered with. */
export function refusalWords(code: string): string {
  return REFUSAL_WORDS[code] ?? code;
}

/** `pending` becomes `Orders pending`. */
export function orderStateWords(state: string): string {
  return `Orders ${state}`;
}
