import { Secret, TOTP } from 'otpauth';
import { TotpCodes } from '../../application/ports/totp-codes.port';
import { TOTP_STEP_SECONDS, TOTP_STEPS_AROUND } from '../../domain/totp-steps';

const ISSUER = 'Holdfast';
const SECRET_BYTES = 20; // as long as the hash: RFC 4226, section 4
const CODE = /^\d{6}$/;

/** SHA-1, six digits, thirty seconds: the only kind that all authenticator apps know. */
export class OtpauthCodes extends TotpCodes {
  newSecret(): string {
    return new Secret({ size: SECRET_BYTES }).base32;
  }

  urlOf(secret: string, email: string): string {
    return totp(secret, email).toString();
  }

  stepOf(secret: string, code: string, nowMs: number): number | null {
    if (!CODE.test(code)) return null;
    const delta = totp(secret, '').validate({ token: code, timestamp: nowMs, window: TOTP_STEPS_AROUND });
    return delta === null ? null : Math.floor(nowMs / 1000 / TOTP_STEP_SECONDS) + delta;
  }
}

function totp(secret: string, label: string): TOTP {
  return new TOTP({
    issuer: ISSUER,
    label,
    secret: Secret.fromBase32(secret),
    algorithm: 'SHA1',
    digits: 6,
    period: TOTP_STEP_SECONDS,
  });
}
