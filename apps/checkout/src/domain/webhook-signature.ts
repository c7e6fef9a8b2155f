import { createHmac, timingSafeEqual } from 'node:crypto';

const TOLERANCE_SECONDS = 300; // a recorded delivery cannot be replayed after this time
const SIGNATURES_MAX = 4; // two active secrets, and reserve; each costs one comparison

/** HMAC-SHA-256 of `<t>.<raw body>`, hex. */
export function signatureOf(secret: string, unixSeconds: number, rawBody: Buffer): string {
  return createHmac('sha256', secret).update(`${unixSeconds}.`).update(rawBody).digest('hex');
}

/** The header `Holdfast-Signature` of a delivery. */
export function signatureHeader(secret: string, unixSeconds: number, rawBody: Buffer): string {
  return `t=${unixSeconds},v1=${signatureOf(secret, unixSeconds, rawBody)}`;
}

/**
 * True when one of the header's signatures was made with one of the secrets over exactly these bytes, at most five minutes from `nowMs`. The
 * comparisons take constant time.
 */
export function isSigned(
  header: string | undefined,
  rawBody: Buffer,
  secrets: readonly string[],
  nowMs: number,
): boolean {
  const parts = (header ?? '').split(',').map((part) => part.trim());
  const time = parts.find((part) => part.startsWith('t='))?.slice(2) ?? '';
  if (!/^\d{1,12}$/.test(time)) return false;
  if (Math.abs(nowMs / 1000 - Number(time)) > TOLERANCE_SECONDS) return false;
  const given = parts
    .filter((part) => part.startsWith('v1='))
    .slice(0, SIGNATURES_MAX)
    .map((part) => Buffer.from(part.slice(3)));
  return secrets.some((secret) => {
    const right = Buffer.from(signatureOf(secret, Number(time), rawBody));
    return given.some((one) => one.length === right.length && timingSafeEqual(one, right));
  });
}
