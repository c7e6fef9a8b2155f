/** Codes of the second factor (RFC 6238). */
export abstract class TotpCodes {
  /** In base32, as authenticator apps take it. */
  abstract newSecret(): string;
  abstract urlOf(secret: string, email: string): string;
  /** The step of time for which this is the code, at most `TOTP_STEPS_AROUND` from now; null: for none. */
  abstract stepOf(secret: string, code: string, nowMs: number): number | null;
}
