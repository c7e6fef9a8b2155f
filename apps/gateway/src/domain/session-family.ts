/** How long a replaced refresh token stays valid: the answer with its successor may have been lost. */
export const GRACE_MS = 10_000;

/**
 * The stored state of a guest session whose refresh token was replaced at least once. All tokens of a session are one family; each is a generation
 * of it, beginning with 0.
 */
export interface Family {
  newest: number;
  /** When the newest one was created. */
  atMs: number;
  ended: boolean;
}

export type Rotation =
  /** Continue with this generation. Its token is derived from these two numbers, so the same answer gives the same token. */
  | { kind: 'successor'; generation: number; atMs: number }
  /** A token that was replaced long ago: one of its two holders has stolen it. This ends the family. */
  | { kind: 'reused' }
  | { kind: 'ended' };

/**
 * The rule of rotation; rotate-family-1.lua is the same in Redis. An unknown family is accepted, and so is a generation newer than the stored one:
 * the store may lose data, and a guest must not lose their holds with it (docs/adr/0016-guest-sessions-remember-little.md).
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
