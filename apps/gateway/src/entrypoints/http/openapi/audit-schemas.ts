import { z } from 'zod';

/** Responses about a merchant's audit. */

const time = z.iso.datetime();
const hash = z.string().regex(/^[0-9a-f]{64}$/);

export const auditRecord = z
  .object({
    seq: z.int().min(1).describe('1, 2, 3 … without a gap.'),
    at: time,
    actor: z.object({
      kind: z.enum(['staff', 'api-key', 'operator', 'system']),
      id: z.string(),
      label: z.string().describe('For people: an email address, the name of a key.'),
    }),
    action: z.string().describe('Such as `drop.paused`.'),
    target: z.object({ kind: z.string(), id: z.string() }),
    change: z.record(z.string(), z.unknown()),
    requestId: z.string().nullable(),
    address: z.string().nullable(),
    previousHash: hash.describe('The `hash` of the record before; 64 zeros for the first one.'),
    hash: hash.describe(
      'SHA-256 of the UTF-8 bytes of `previousHash` followed by the record in RFC 8785 canonical JSON without `hash`.',
    ),
  })
  .meta({ id: 'AuditRecord' });

export const auditCheckpoint = z
  .object({
    merchantId: z.string(),
    seq: z.int().min(0).describe('Of the last record; 0: there is none.'),
    hash: hash.describe('Of that record.'),
    at: time,
    keyId: z.string().describe('`kid` of a key of `/.well-known/holdfast-audit-keys.json`.'),
    signature: z
      .string()
      .describe(
        'Ed25519, base64url, over the RFC 8785 canonical JSON of the checkpoint without `signature`.',
      ),
  })
  .meta({ id: 'AuditCheckpoint' });

export const auditKeys = z.object({
  keys: z.array(
    z.object({
      kty: z.literal('OKP'),
      crv: z.literal('Ed25519'),
      x: z.string(),
      kid: z.string(),
      alg: z.literal('EdDSA'),
      use: z.literal('sig'),
    }),
  ),
});

export const AUDIT_COMPONENTS = [auditRecord, auditCheckpoint] as const;
