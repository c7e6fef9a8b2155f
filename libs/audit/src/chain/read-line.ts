import { type AuditCheckpoint, auditHashOf, canonicalJson } from '@holdfast/contracts';

export type Line = Record<string, unknown>;

/** The object of a line; null: it is none, or names a field twice, so that readers could differ in what it says. */
export function readLine(text: string): Line | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
    return namesIn(text) === fieldsOf(value) ? (value as Line) : null;
  } catch {
    return null; // not JSON, or nested too deep
  }
}

// A string of JSON, and whether it is the name of a field.
const STRINGS = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?/g;

function namesIn(text: string): number {
  let names = 0;
  for (const [, colon] of text.matchAll(STRINGS)) if (colon !== undefined) names += 1;
  return names;
}

function fieldsOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const own = Array.isArray(value) ? 0 : Object.keys(value).length;
  return Object.values(value).reduce<number>((sum, it) => sum + fieldsOf(it), own);
}

/** A record has the hash of the one before; a checkpoint has a signature. */
export const isCheckpointLine = (line: Line): boolean => 'signature' in line && !('previousHash' in line);

/** Null: it does not have the fields of a checkpoint. */
export function toCheckpoint(line: Line): (AuditCheckpoint & { publicKey?: unknown }) | null {
  const { merchantId, seq, hash, at, keyId, signature } = line;
  const texts = [merchantId, hash, at, keyId, signature];
  const isOne = texts.every((it) => typeof it === 'string') && Number.isSafeInteger(seq) && Number(seq) >= 0;
  return isOne ? (line as unknown as AuditCheckpoint) : null;
}

/** Whether a record's hash is that of its content. */
export function isHashRight({ hash, ...content }: Line): boolean {
  const { previousHash } = content;
  if (typeof hash !== 'string' || typeof previousHash !== 'string') return false;
  try {
    return auditHashOf(previousHash, canonicalJson(content)) === hash;
  } catch {
    return false; // nested too deep
  }
}
