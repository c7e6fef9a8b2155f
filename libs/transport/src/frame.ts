/**
 * The patterns of the messages. The first three belong to the connection, each of the others to a service.
 */
export const HANDSHAKE_HELLO = 'holdfast.hello';
export const HANDSHAKE_PROOF = 'holdfast.proof';
export const HEARTBEAT = 'holdfast.pulse';
export const INVENTORY_CALLS = 'holdfast.inventory.calls';
export const CHECKOUT_CALLS = 'holdfast.checkout.calls';
export const ACCOUNTS_CALLS = 'holdfast.accounts.calls';

/** Calls sent together: `left` is the time in milliseconds until the latest deadline of their callers. */
export interface CallFrame {
  left: number;
  calls: WireCall[];
}

export type WireCall = [method: string, ...args: unknown[]];

/**
 * The reply to one call of a frame, identified by its index. Replies are sent as they are ready, in any
 * number of messages.
 */
export type WireReply = [index: number, value: unknown] | [index: number, value: null, fault: WireFault];

/** Why there is no answer. */
export type WireFault =
  | { kind: 'draining' } // shutting down: not executed, retry at another instance
  | { kind: 'unavailable'; message: string; retryAfterSeconds: number }
  | { kind: 'invalid-cursor'; message: string }
  | { kind: 'bad-request'; message: string }
  | { kind: 'failed' }; // an internal error of the service, which logs the details

export const METHOD_LENGTH_MAX = 40;
/** No caller waits longer; a frame with a greater value is invalid. */
export const LEFT_MS_MAX = 60_000;
export const CALLS_IN_FRAME_MAX = 1_024;

/**
 * Null if it is not a frame. Validated by hand, because it is on the hot path; each call is validated by its
 * schema afterwards.
 */
export function readFrame(raw: unknown): CallFrame | null {
  if (typeof raw !== 'object' || raw === null) return null;
  const { left, calls } = raw as Partial<Record<keyof CallFrame, unknown>>;
  if (typeof left !== 'number' || !(left >= 0 && left <= LEFT_MS_MAX)) return null;
  if (!Array.isArray(calls) || calls.length === 0 || calls.length > CALLS_IN_FRAME_MAX) return null;
  return calls.every(isCall) ? { left, calls } : null;
}

function isCall(call: unknown): call is WireCall {
  return Array.isArray(call) && typeof call[0] === 'string' && call[0].length <= METHOD_LENGTH_MAX;
}

/** Null if it is not a list of replies to a frame of that many calls. */
export function readReplies(raw: unknown, calls: number): WireReply[] | null {
  return Array.isArray(raw) && raw.every((reply) => isReply(reply, calls)) ? raw : null;
}

function isReply(reply: unknown, calls: number): reply is WireReply {
  if (!Array.isArray(reply)) return false;
  const [index, , fault] = reply as unknown[];
  return Number.isInteger(index) && (index as number) >= 0 && (index as number) < calls && isFault(fault);
}

function isFault(fault: unknown): boolean {
  if (fault === undefined) return true;
  return typeof fault === 'object' && fault !== null && 'kind' in fault && typeof fault.kind === 'string';
}
