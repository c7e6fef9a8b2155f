/** A replaced refresh token stays good for so long: the answer that had its successor may have been lost. */
export const GRACE_MS = 10_000;

/**
 * What is remembered of a guest session whose refresh token was replaced at least once. All tokens of a session are one family; each is a
 * generation of it, the first being 0.
 */
export interface Family {
  newest: number;
  /** When the newest one was made. */
  atMs: number;
  ended: boolean;
}

export type Rotation =
  /** Go on with this generation. Its token is made of these two numbers, so the same answer gives the same token. */
  | { kind: 'successor'; generation: number; atMs: number }
  /** A token that was replaced long ago: one of the two who have it stole it. The family has ended with this. */
  | { kind: 'reused' }
  | { kind: 'ended' };

/**
 * The rule of rotation; in Redis the same stands in rotate-family-1.lua. A family that nobody remembers is believed, and so is a generation newer
 * than the one remembered: memory may be lost, and a guest must not lose their holds with it (docs/adr/0016-guest-sessions-remember-little.md).
 */
export function rotate(
  family: Family | undefined,
  generation: number,
  nowMs: number,
): { rotation: Rotation; family: Family } {
  if (family?.ended) return { rotation: { kind: 'ended' }, family };
  if (family && generation < family.newest) {
    const { newest, atMs } = family;
    if (generation === newest - 1 && nowMs - atMs <= GRACE_MS)
      return { rotation: { kind: 'successor', generation: newest, atMs }, family };
    return { rotation: { kind: 'reused' }, family: { ...family, ended: true } };
  }
  const next = { newest: generation + 1, atMs: nowMs, ended: false };
  return { rotation: { kind: 'successor', generation: next.newest, atMs: nowMs }, family: next };
}
