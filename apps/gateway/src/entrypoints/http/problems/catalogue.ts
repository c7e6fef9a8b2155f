/** Every code of the public contract: its status, its title and, for people, what it means. */
export const PROBLEMS = {
  'invalid-request': [
    400,
    'The request is not valid',
    'Something in the body, the address or a header is not as the contract says; `errors` points at it.',
  ],
  'idempotency-key-required': [
    400,
    'An Idempotency-Key is needed',
    'Send the header Idempotency-Key with 1 to 255 visible characters of your choice; a repeat with the same key is done once.',
  ],
  unauthenticated: [
    401,
    'Who are you?',
    'The access token is missing, over, or not one of ours. POST /v1/sessions gives a new one.',
  ],
  'payment-declined': [
    402,
    'The payment was declined',
    'Nothing was charged. The hold is kept until its time ends; another attempt with another key may follow.',
  ],
  forbidden: [403, 'Not allowed', 'You are known, but this is not for you.'],
  'not-found': [404, 'Not found', 'It does not exist, or it is not yours: the two answers are the same.'],
  'method-not-allowed': [
    405,
    'Method not allowed',
    'The header Allow lists the methods that this address knows.',
  ],
  'request-timeout': [408, 'The request took too long', 'A request has to be complete within 10 seconds.'],
  'drop-not-open': [409, 'The drop is not open', 'It opens later, or it is paused. Try again then.'],
  'drop-closed': [409, 'The drop is closed', 'It is over; it takes no holds any more.'],
  'sold-out': [
    409,
    'Sold out',
    'There is less left than was asked for. `errors` lists every line that does not fit; nothing was held.',
  ],
  'limit-reached': [
    409,
    'A limit of the drop is reached',
    'With this, one customer would have more units of the drop than its limit allows. Nothing was held.',
  ],
  'hold-not-active': [409, 'The hold has ended', 'It was released, or its units were bought already.'],
  'request-in-progress': [
    409,
    'A payment is in flight',
    'The hold is being paid for. Wait for that payment to end, then look again.',
  ],
  'stock-below-committed': [
    409,
    'Less than is held and sold',
    'Stock cannot go below what is held and sold.',
  ],
  'hold-expired': [
    410,
    'The hold is over',
    'Its time ran out before the payment began. Nothing was charged.',
  ],
  'precondition-failed': [412, 'It has changed meanwhile', 'Read it again and repeat with its new ETag.'],
  'payload-too-large': [413, 'The body is too large', 'A body has 64 KiB at most.'],
  'uri-too-long': [414, 'The address is too long', 'An address has 8 KiB at most.'],
  'unsupported-media-type': [
    415,
    'Unknown kind of body',
    'Send JSON in UTF-8, with Content-Type: application/json.',
  ],
  'idempotency-key-reused': [
    422,
    'The key was used for something else',
    'This Idempotency-Key came with another body before. A new request needs a new key.',
  ],
  'quota-exceeded': [429, 'Too many requests', 'Wait for the seconds in Retry-After.'],
  'headers-too-large': [431, 'The headers are too large', 'All headers together have 16 KiB at most.'],
  'internal-error': [
    500,
    'A fault of ours',
    'It has been logged under the traceId. Repeat with the same key to learn what happened.',
  ],
  'temporarily-unavailable': [
    503,
    'Not available at the moment',
    'Nothing happened, or the same Idempotency-Key tells what did. Try again after the seconds in Retry-After.',
  ],
  'temporary-reduced-capacity': [
    503,
    'Too busy at the moment',
    'Nothing happened, or the same Idempotency-Key tells what did. Try again after the seconds in Retry-After.',
  ],
} as const satisfies Record<string, readonly [status: number, title: string, meaning: string]>;

export type ProblemCode = keyof typeof PROBLEMS;

export function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(PROBLEMS, code);
}
