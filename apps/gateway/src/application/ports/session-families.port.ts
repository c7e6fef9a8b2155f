import type { Rotation } from '../../domain/session-family';

/** Stores which refresh token of a guest session is the newest. Bounded: tokens of evicted families are accepted (see `rotate`). */
export abstract class SessionFamilies {
  /** Replaces this generation. Never rejects: without the store the session continues. */
  abstract rotate(family: string, generation: number): Promise<Rotation>;
  /** Invalidates all tokens of the family. Throws `ServiceUnavailable` when that cannot be stored. */
  abstract end(family: string): Promise<void>;
}
