export const TOTP_STEP_SECONDS = 30;
/** One step before and after: clocks of phones differ, and people type slowly (RFC 6238, section 5.2). */
export const TOTP_STEPS_AROUND = 1;
export const RECOVERY_CODES = 10;

/** The codes that were used and could be shown again; older ones are refused for their age. */
export function stillUsable(usedSteps: readonly number[], currentStep: number): number[] {
  return usedSteps.filter((step) => step >= currentStep - TOTP_STEPS_AROUND);
}

/** As it was shown or as people type it: blanks, dashes and capitals mean nothing. */
export function canonicalRecoveryCode(code: string): string {
  return code.toLowerCase().replace(/[\s-]/g, '');
}
