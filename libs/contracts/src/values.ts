import { LIMITS } from '@holdfast/kernel';
import { z } from 'zod';

// The gateway passes on a segment of the path, up to 8 KiB; the service decides whether it is an id.
const ID_LENGTH_MAX = 8 * 1024;

/** A requested id: any text. */
export const anyId = z.string().max(ID_LENGTH_MAX);
export const cursor = z.string().max(1_000);
export const pageLimit = z.int().min(1).max(LIMITS.pageSizeMax);

export const id = z.string().min(1);
export const time = z.iso.datetime().describe('RFC 3339, UTC');

export const moneySchema = z
  .object({ amountMinor: z.int(), currency: z.string().regex(/^[A-Z]{3}$/) })
  .describe('An amount in the minor unit of the currency: 12900 EUR is €129.00.')
  .meta({ id: 'Money' });

export const bodyHash = z.string().min(1).max(128);

/** The fingerprint of a body travels as `bodyHash`, the only name that services of earlier versions know. */
export function fingerprintToWire<T extends { fingerprint: string }>({ fingerprint, ...command }: T) {
  return { ...command, bodyHash: fingerprint };
}

export function fingerprintFromWire<T extends { bodyHash: string }>({ bodyHash, ...command }: T) {
  return { ...command, fingerprint: bodyHash };
}

/** Outcomes without further fields. */
export const words = <const K extends string>(...kinds: K[]) => z.object({ kind: z.enum(kinds) });

/** One page of a list. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });
