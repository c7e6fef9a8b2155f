import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Actor } from './accounts';

/** One record of a merchant's chain: who changed what. */
export interface AuditRecord {
  /** 1, 2, 3 … without a gap. */
  seq: number;
  /** When the change was made. RFC 3339. */
  at: string;
  actor: Actor;
  /** `<thing>.<what happened>` */
  action: string;
  target: { kind: string; id: string };
  change: object;
  requestId: string | null;
  address: string | null;
  /** The hash of the record before; of the first one `FIRST_PREVIOUS_HASH`. */
  previousHash: string;
  hash: string;
}

export const FIRST_PREVIOUS_HASH = '0'.repeat(64);

/** Canonical JSON (RFC 8785): equal values have equal text in every implementation. Throws for values that JSON cannot represent. */
export function canonicalJson(value: object): string {
  const text = canonicalize(value);
  if (text === undefined) throw new Error('this is not JSON');
  return text;
}

/** Hex SHA-256 of `previousHash` followed by the canonical JSON of the record without its hash. */
export function auditHashOf(previousHash: string, canonicalRecord: string): string {
  return createHash('sha256').update(previousHash).update(canonicalRecord).digest('hex');
}
