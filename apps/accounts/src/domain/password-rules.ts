import type { WeakPassword } from '@holdfast/contracts';
import { COMMON_PASSWORDS } from './common-passwords';

export const PASSWORD_LENGTH_MIN = 12;
export const PASSWORD_LENGTH_MAX = 256; // more only costs time

/** Why a password cannot be used; null: it can. Length, and that nobody tries it first: NIST SP 800-63B-4, section 3.1.1.2. */
export function weaknessOf(password: string): WeakPassword | null {
  const length = [...password.slice(0, 2 * PASSWORD_LENGTH_MAX + 1)].length;
  if (length < PASSWORD_LENGTH_MIN) return 'too-short';
  if (length > PASSWORD_LENGTH_MAX) return 'too-long';
  return COMMON_PASSWORDS.has(password.toLowerCase()) ? 'common' : null;
}

/** The same characters may be composed in two ways, depending on the keyboard. */
export function canonicalPassword(password: string): string {
  return password.normalize('NFC');
}
