const SECONDS_MAX = 86_400;

export type ForSeconds = { kind: 'unbounded' } | { kind: 'seconds'; seconds: number } | { kind: 'malformed' };

/** Parses `?for=`: seconds after which the stream ends, more than 0 and at most a day. */
export function readForSeconds(value: unknown): ForSeconds {
  if (value === undefined) return { kind: 'unbounded' };
  if (typeof value !== 'string' || !/^\d{1,5}(\.\d{1,3})?$/.test(value)) return { kind: 'malformed' };
  const seconds = Number(value);
  return seconds > 0 && seconds <= SECONDS_MAX ? { kind: 'seconds', seconds } : { kind: 'malformed' };
}
