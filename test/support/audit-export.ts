import { createHash, type KeyObject } from 'node:crypto';
import { auditKeyOf, signCheckpoint } from '@holdfast/contracts';

/** One record as an export has it. */
export type Exported = Record<string, unknown> & { seq: number; previousHash: string; hash: string };

/** Canonical JSON for what tests write: written apart from the product's, so that the two check each other. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, it]) => `${JSON.stringify(name)}:${canonical(it)}`).join(',')}}`;
}

/** As the contract says it. */
export function hashOf({ hash: _, ...record }: Exported): string {
  return createHash('sha256')
    .update(`${record.previousHash}${canonical(record)}`)
    .digest('hex');
}

/** The same contents as a chain without a fault from the first one on: what somebody writes who knows how, and has no key. */
export function rechained(records: readonly Exported[]): Exported[] {
  let previousHash = '0'.repeat(64);
  return records.map((record, i) => {
    const next = { ...record, seq: i + 1, previousHash };
    previousHash = hashOf(next);
    return { ...next, hash: previousHash };
  });
}

export function madeRecords(count: number): Exported[] {
  const records = Array.from({ length: count }, (_, i) => ({
    seq: 0,
    at: new Date(Date.UTC(2026, 0, 1) + i * 1_000).toISOString(),
    actor: { kind: 'staff', id: `stf_${i % 3}`, label: `ann${i % 3}@shop.example` },
    action: i % 2 ? 'drop.paused' : 'stock.adjusted',
    target: { kind: 'drop', id: `d${1_000_000 + i}` },
    change: { delta: i - 5, reason: `count “${i}”\u2028 é`, nested: { list: [1, 2.5, null, true] } },
    requestId: i % 4 ? `req-${i}` : null,
    address: i % 5 ? '192.0.2.1' : null,
    previousHash: '',
    hash: '',
  }));
  return rechained(records);
}

export function sealOf(records: readonly Exported[], privateKey: KeyObject, merchantId = 'mer_1') {
  const { x: publicKey, kid: keyId } = auditKeyOf(privateKey);
  const last = records.at(-1);
  const end = { merchantId, seq: last?.seq ?? 0, hash: last?.hash ?? '0'.repeat(64) };
  return signCheckpoint({ ...end, at: '2026-02-01T00:00:00.000Z', keyId, publicKey }, privateKey);
}

export const toLines = (records: readonly object[], seal?: object): string[] =>
  [...records, ...(seal ? [seal] : [])].map((it) => JSON.stringify(it));
