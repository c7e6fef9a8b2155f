import type { StaffClaims, TokenKey } from '@holdfast/contracts';

/** Signs access tokens. Every instance signs with the same key. */
export abstract class TokenSigner {
  abstract sign(claims: StaffClaims): string;
  /** With which the tokens are verified. */
  abstract keys(): TokenKey[];
}
