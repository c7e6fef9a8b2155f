/** Slow hashes of passwords. Throws `ServiceUnavailable` when too many wait for their turn. */
export abstract class Passwords {
  abstract hash(password: string): Promise<string>;
  /** Takes as long for null, a hash that nobody has, as for any other. */
  abstract verify(hash: string | null, password: string): Promise<boolean>;
}
