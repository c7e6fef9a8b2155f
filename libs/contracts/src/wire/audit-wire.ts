import { z } from 'zod';
import type { AuditKey } from '../audit-checkpoint';
import type { AuditRecord } from '../audit-record';
import type { Audit } from '../audit.port';
import { anyId, pageLimit } from '../values';
import type { WireTable } from './wire-table';

const seq = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const text = z.string().max(1_000);

/** Whatever stands in the chain is shown, also what an intruder wrote there: its form is not judged here. */
const record = z.custom<AuditRecord>((it) => typeof it === 'object' && it !== null);

const checkpoint = z.object({
  merchantId: z.string(),
  seq: z.number(),
  hash: z.string(),
  at: z.string(),
  keyId: z.string(),
  signature: z.string(),
});

const key: z.ZodType<AuditKey> = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string(),
  kid: z.string(),
  alg: z.literal('EdDSA'),
  use: z.literal('sig'),
});

const nextSeq = seq.nullable();

/** How gateways ask accounts for a merchant's chain. */
export const AUDIT_WIRE: WireTable<Audit> = {
  listAudit: {
    input: [
      z.object({
        merchantId: anyId,
        afterSeq: seq,
        limit: pageLimit,
        action: text.optional(),
        targetId: text.optional(),
      }),
    ],
    answer: z.object({ items: z.array(record), nextSeq }),
  },
  auditCheckpoint: { input: [anyId], answer: checkpoint },
  sealAudit: { input: [anyId], answer: checkpoint.extend({ publicKey: z.string() }) },
  readAudit: {
    input: [z.object({ merchantId: anyId, afterSeq: seq, upToSeq: seq })],
    answer: z.object({ lines: z.array(z.string()), nextSeq }),
  },
  auditKeys: { input: [], answer: z.array(key) },
};
