import { createHash } from 'node:crypto';
import { LIMITS } from '@holdfast/kernel';
import { cut } from './cut';

const HASH_LENGTH = 8;
const STEM_LENGTH_MAX = LIMITS.skuLengthMax - HASH_LENGTH - 1;

/** The SKU of a variant that has none: its handle and options, e.g. `tee-m-black`. */
export function makeSku(handle: string, options: readonly string[]): string {
  const words = [handle, ...options].map(slug).filter((word) => word !== '');
  const sku = words.length > 0 ? words.join('-') : hashOf(handle, options);
  if (sku.length <= LIMITS.skuLengthMax) return sku;
  return `${cut(sku, STEM_LENGTH_MAX)}-${hashOf(handle, options)}`;
}

/** Another one for a variant whose made SKU is taken: `S/M` and `S M` give the same words. */
export function makeOtherSku(handle: string, options: readonly string[]): string {
  const hash = hashOf(handle, options);
  return `${cut(makeSku(handle, options), STEM_LENGTH_MAX)}-${hash}`;
}

function slug(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, '-')
    .replace(/^-+|-+$/g, '');
}

function hashOf(handle: string, options: readonly string[]): string {
  return createHash('sha256')
    .update(JSON.stringify([handle, ...options]))
    .digest('hex')
    .slice(0, HASH_LENGTH);
}
