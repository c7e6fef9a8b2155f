import { createPrivateKey, hkdfSync, type KeyObject } from 'node:crypto';

/** An Ed25519 private key in PKCS #8 is these bytes and 32 bytes of seed (RFC 8410, section 7). */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');

/** An Ed25519 key for one purpose, made from the product's secret for accounts: all instances have the same without storing it. */
export function derivedKey(accountsKey: string, purpose: string): KeyObject {
  const seed = Buffer.from(hkdfSync('sha256', accountsKey, '', purpose, 32));
  return createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, seed]), format: 'der', type: 'pkcs8' });
}
