/**
 * Every problem code of the public contract (RFC 9457): status, title and default detail. The only source for
 * the gateway, the pages at `/problems/<code>` and the reverse proxy, whose configuration a test compares
 * with it.
 */
export const PROBLEMS = {
  'invalid-request': [
    400,
    'Invalid request',
    'The body, a parameter or a header is invalid. See `errors` for the exact place.',
  ],
  'idempotency-key-required': [
    400,
    'Idempotency-Key required',
    'Send an Idempotency-Key header of 1 to 255 visible characters. Requests with the same key are executed once.',
  ],
  unauthenticated: [
    401,
    'Authentication required',
    'The access token is missing, expired or invalid. Get a new one with POST /v1/sessions.',
  ],
  'invalid-credentials': [
    401,
    'Invalid credentials',
    'The e-mail address, password or link is not valid. Check it and try again.',
  ],
  'mfa-required': [
    401,
    'Second factor required',
    'Send the current code of your authenticator app as `totp`, or a recovery code as `recoveryCode`.',
  ],
  'payment-declined': [
    402,
    'Payment declined',
    'Nothing was charged. The hold remains active until it expires: try again with a new Idempotency-Key.',
  ],
  forbidden: [403, 'Forbidden', 'You do not have permission to do this.'],
  'step-up-required': [
    403,
    'Step-up required',
    'Confirm your password with POST /v1/auth/step-up and use the access token of its answer.',
  ],
  'not-found': [404, 'Not found', 'The resource does not exist, or you do not have access to it.'],
  'method-not-allowed': [
    405,
    'Method not allowed',
    'This resource does not support the request method. The Allow header lists the methods that it supports.',
  ],
  'request-timeout': [
    408,
    'Request timeout',
    'The request was not complete within 10 seconds. Send it again.',
  ],
  'drop-not-open': [
    409,
    'Drop not open',
    'The drop is scheduled or paused. Try again when its state is `open`.',
  ],
  'drop-closed': [409, 'Drop closed', 'This drop no longer accepts holds.'],
  'sold-out': [
    409,
    'Sold out',
    'Not enough units are available. `errors` lists each line that cannot be held; nothing was held.',
  ],
  'limit-reached': [
    409,
    'Limit reached',
    'This hold would exceed the limit per customer for this drop. Nothing was held.',
  ],
  'hold-not-active': [409, 'Hold no longer active', 'The hold was released or has already been paid for.'],
  'request-in-progress': [
    409,
    'Payment in progress',
    'A payment for this hold is in progress. Wait until it has finished, then check the order.',
  ],
  conflict: [409, 'Conflict', 'The request conflicts with what exists. See `detail` and `errors`.'],
  'last-owner': [409, 'Last owner', 'A merchant always has an owner. Make another person an owner first.'],
  'invalid-transition': [409, 'Invalid transition', 'The state of the drop does not allow this step.'],
  'drop-locked': [
    409,
    'Drop locked',
    'These fields can no longer change, because the drop has opened. `errors` lists them; nothing was changed.',
  ],
  'in-use': [
    409,
    'In use',
    'A drop that is not closed sells this. Close the drop or take it out of the drop first; nothing was changed.',
  ],
  'stock-below-committed': [
    409,
    'Stock below committed units',
    'Total stock cannot be lower than the units that are held or sold.',
  ],
  'hold-expired': [
    410,
    'Hold expired',
    'The hold expired before the payment started. Nothing was charged. Place a new hold.',
  ],
  'precondition-failed': [
    412,
    'Precondition failed',
    'The resource has changed since you read it. Read it again and retry with the current ETag.',
  ],
  'payload-too-large': [413, 'Payload too large', 'The request body is larger than 64 KiB.'],
  'uri-too-long': [414, 'URI too long', 'The request URI is longer than 8 KiB.'],
  'unsupported-media-type': [
    415,
    'Unsupported media type',
    'Send JSON in UTF-8 with the header Content-Type: application/json.',
  ],
  'invalid-import': [
    422,
    'Invalid import',
    'Nothing was imported. `rejected` lists the rows that are invalid, with their lines.',
  ],
  'idempotency-key-reused': [
    422,
    'Idempotency-Key reused',
    'This Idempotency-Key was used with a different request body. Use a new key for a new request.',
  ],
  'precondition-required': [
    428,
    'Precondition required',
    'Send the header If-Match with the ETag of the resource that you have read.',
  ],
  'quota-exceeded': [429, 'Too many requests', 'Retry after the number of seconds in Retry-After.'],
  'headers-too-large': [431, 'Headers too large', 'The request headers are larger than 16 KiB in total.'],
  'internal-error': [
    500,
    'Internal error',
    'The error was logged with this traceId. Retry with the same Idempotency-Key to get the outcome.',
  ],
  'temporarily-unavailable': [
    503,
    'Temporarily unavailable',
    'Retry with the same Idempotency-Key after the number of seconds in Retry-After. The request is executed once at most.',
  ],
  'temporary-reduced-capacity': [
    503,
    'Temporarily overloaded',
    'Retry with the same Idempotency-Key after the number of seconds in Retry-After. The request is executed once at most.',
  ],
} as const satisfies Record<string, readonly [status: number, title: string, detail: string]>;

export type ProblemCode = keyof typeof PROBLEMS;

export function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(PROBLEMS, code);
}
