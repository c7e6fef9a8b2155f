import type { Revocation } from '@holdfast/contracts';

/** What was revoked, numbered in the order of the commits. */
export abstract class RevocationLog {
  abstract after(number: number, most: number): Promise<(Revocation & { number: number })[]>;
}
