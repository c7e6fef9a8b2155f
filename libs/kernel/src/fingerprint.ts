import { hash } from 'node:crypto';

/**
 * SHA-256 of bytes or text, hex. Of a request's raw body it tells a replay from a key that is used for
 * something else.
 */
export function fingerprintOf(body: Buffer | string): string {
  return hash('sha256', body, 'hex');
}
