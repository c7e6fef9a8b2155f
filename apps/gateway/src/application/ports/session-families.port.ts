import type { Rotation } from '../../domain/session-family';

/** Remembers which refresh token of a guest session is the newest. Bounded: what is forgotten is believed (see `rotate`). */
export abstract class SessionFamilies {
  /** Replaces this generation. Never rejects: without memory, the session goes on. */
  abstract rotate(family: string, generation: number): Promise<Rotation>;
  /** No token of the family is good from now on. Throws `ServiceUnavailable` when that cannot be written down. */
  abstract end(family: string): Promise<void>;
}
