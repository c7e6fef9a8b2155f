import { createHmac } from 'node:crypto';

/**
 * The pass of a rehearsal: a JWT (HS256 with the product's operator key) that makes one ghost visible to who shows it. It
 * opens nothing else. Each request carries it in `header`, and the address that the shopper is imagined to have in
 * `addressHeader`: public limits go by that address.
 */
export const REHEARSAL_PASS = {
  header: 'holdfast-rehearsal',
  addressHeader: 'holdfast-rehearsal-address',
  issuer: 'holdfast',
  audience: 'rehearsal',
  typ: 'rehearsal',
  secondsMax: 2 * 60 * 60,
} as const;

/**
 * Signs the pass of a ghost.
 * @param operatorKey `operatorKey` of the product's secrets
 * @param seconds how long it lives, at most `secondsMax`
 */
export function signRehearsalPass(
  operatorKey: string,
  { ghostId, nowMs, seconds }: { ghostId: string; nowMs: number; seconds: number },
): string {
  const { issuer, audience, typ, secondsMax } = REHEARSAL_PASS;
  const iat = Math.floor(nowMs / 1_000);
  const exp = iat + Math.min(seconds, secondsMax);
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ iss: issuer, aud: audience, typ, sub: ghostId, iat, exp })}`;
  return `${signed}.${createHmac('sha256', operatorKey).update(signed).digest('base64url')}`;
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
