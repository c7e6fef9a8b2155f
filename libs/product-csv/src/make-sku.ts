import { createHash } from 'node:crypto';
import { LIMITS } from '@holdfast/kernel';
import { cut } from './cut';

const HASH_LENGTH = 8;
const STEM_LENGTH_MAX = LIMITS.skuLengthMax - HASH_LENGTH - 1;

/** The SKU of a variant that has none: its handle and options, e.g. `tee-m-black`. */
export function makeSku(handle: string, options: readonly string[]): string {
  return join([slug(handle), ...options.map(slug)], handle, options);
}

/** The SKU of a variant whose own one stands at other variants of its product as well: with its options, e.g. `BOOT-7-38`. */
export function makeApart(sku: string, options: readonly string[]): string {
  return options.length === 0 ? sku : join([sku, ...options.map(slug)], sku, options);
}

/** Another one for a variant whose made SKU is taken: `S/M` and `S M` give the same words. `made` is what it was given first. */
export function makeOther(made: string, origin: string, options: readonly string[]): string {
  return `${cut(made, STEM_LENGTH_MAX)}-${hashOf(origin, options)}`;
}

function join(parts: readonly string[], origin: string, options: readonly string[]): string {
  const words = parts.filter((word) => word !== '');
  const sku = words.length > 0 ? words.join('-') : hashOf(origin, options);
  return sku.length <= LIMITS.skuLengthMax ? sku : makeOther(sku, origin, options);
}

function slug(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, '-')
    .replace(/^-+|-+$/g, '');
}

function hashOf(origin: string, options: readonly string[]): string {
  return createHash('sha256')
    .update(JSON.stringify([origin, ...options]))
    .digest('hex')
    .slice(0, HASH_LENGTH);
}
