/** A limit: a burst of at most `quota`, replenished evenly at `quota` per `windowSeconds`. */
export interface Quota {
  quota: number;
  windowSeconds: number;
}

export interface Allowance {
  allowed: boolean;
  /** Requests allowed now. */
  remaining: number;
  /** Milliseconds until one more is allowed. */
  nextInMs: number;
  /** The value to store for this caller: the theoretical arrival time of the next request, in ms. */
  arrivalMs: number;
}

/**
 * Generic cell rate algorithm (ITU-T I.371): one number for each caller, no timer, and no bursts at the edge
 * of a window.
 * @param arrivalMs the stored value; undefined for a caller not seen recently.
 */
export function gcra(
  { quota, windowSeconds }: Quota,
  arrivalMs: number | undefined,
  nowMs: number,
): Allowance {
  const windowMs = windowSeconds * 1000;
  const stepMs = windowMs / quota;
  // Never more than a window ahead, which could only come from a changed clock.
  const from = arrivalMs === undefined ? nowMs : Math.min(Math.max(arrivalMs, nowMs), nowMs + windowMs);
  const next = from + stepMs;
  const roomMs = windowMs - (next - nowMs);
  // A tolerance of half a millisecond: rounding must not cost the last request of a quota.
  if (roomMs < -0.5) return { allowed: false, remaining: 0, nextInMs: Math.ceil(-roomMs), arrivalMs: from };
  const remaining = Math.max(0, Math.floor((roomMs + 0.5) / stepMs));
  return {
    allowed: true,
    remaining,
    nextInMs: Math.ceil(stepMs - (roomMs - remaining * stepMs)),
    arrivalMs: next,
  };
}
