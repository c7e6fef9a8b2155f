/** A limit: at most `quota` at once, and then as many as flow back in: `quota` in `windowSeconds`, evenly. */
export interface Quota {
  quota: number;
  windowSeconds: number;
}

export interface Allowance {
  allowed: boolean;
  /** How many more are allowed at this moment. */
  remaining: number;
  /** Milliseconds until one more is allowed than now. */
  nextInMs: number;
  /** What to keep for this caller: the theoretical arrival time of the next request, in ms. */
  arrivalMs: number;
}

/**
 * Generic cell rate algorithm (ITU-T I.371): one number for each caller, no timer, no window whose edge lets twice the quota through.
 * @param arrivalMs what was kept from the last time; undefined for a caller not seen lately.
 */
export function gcra(
  { quota, windowSeconds }: Quota,
  arrivalMs: number | undefined,
  nowMs: number,
): Allowance {
  const windowMs = windowSeconds * 1000;
  const stepMs = windowMs / quota;
  // Never more than a window ahead, whatever the clock did: nobody can have used up more than that.
  const from = arrivalMs === undefined ? nowMs : Math.min(Math.max(arrivalMs, nowMs), nowMs + windowMs);
  const next = from + stepMs;
  const roomMs = windowMs - (next - nowMs);
  // Half a millisecond of grace: sums of fractions of a millisecond must not cost the last request of a quota.
  if (roomMs < -0.5) return { allowed: false, remaining: 0, nextInMs: Math.ceil(-roomMs), arrivalMs: from };
  const remaining = Math.max(0, Math.floor((roomMs + 0.5) / stepMs));
  return {
    allowed: true,
    remaining,
    nextInMs: Math.ceil(stepMs - (roomMs - remaining * stepMs)),
    arrivalMs: next,
  };
}
