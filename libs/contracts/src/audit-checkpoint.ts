import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { canonicalJson } from './audit-record';

/** The end of a merchant's chain at a moment. What stands before it cannot be changed without being found by who keeps it. */
export interface AuditCheckpoint {
  merchantId: string;
  /** Of the last record; 0: there was none. */
  seq: number;
  hash: string;
  at: string;
  keyId: string;
  /** Ed25519, base64url, over the canonical JSON of all other fields. */
  signature: string;
}

/** With the key, so that it can be checked by itself: at the end of an export, and in the files of `HOLDFAST_AUDIT_DIR`. */
export interface SealedCheckpoint extends AuditCheckpoint {
  /** `x` of the key. */
  publicKey: string;
}

/** A public key with which checkpoints are checked, as a JWK (RFC 8037). */
export interface AuditKey {
  kty: 'OKP';
  crv: 'Ed25519';
  /** 32 bytes, base64url. */
  x: string;
  /** Its thumbprint (RFC 7638), so that nobody can give another key the same name. */
  kid: string;
  alg: 'EdDSA';
  use: 'sig';
}

/** RFC 7638, with SHA-256, base64url. */
export function thumbprintOf(x: string): string {
  const members = `{"crv":"Ed25519","kty":"OKP","x":${JSON.stringify(x)}}`;
  return createHash('sha256').update(members).digest('base64url');
}

export function auditKeyOf(privateKey: KeyObject): AuditKey {
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' });
  return { kty: 'OKP', crv: 'Ed25519', x: x!, kid: thumbprintOf(x!), alg: 'EdDSA', use: 'sig' };
}

export function signCheckpoint<T extends Omit<AuditCheckpoint, 'signature'>>(
  unsigned: T,
  privateKey: KeyObject,
): T & { signature: string } {
  const signature = sign(null, Buffer.from(canonicalJson(unsigned)), privateKey).toString('base64url');
  return { ...unsigned, signature };
}

/** Whether the signature is one of this key over all other fields. */
export function isSignedBy({ signature, ...signed }: { signature: string }, x: string): boolean {
  const bytes = Buffer.from(signature, 'base64url');
  // Strictly: the same signature has one spelling.
  if (bytes.toString('base64url') !== signature) return false;
  try {
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
    return verify(null, Buffer.from(canonicalJson(signed)), key, bytes);
  } catch {
    return false; // `x` is no key
  }
}
