import type { NewDrop, NewDropItem, NewProduct } from '@holdfast/contracts';
import { LIMITS } from '@holdfast/kernel';
import { shorten } from './cut';
import type { ImportedProduct, ImportedVariant } from './collect-product';

export interface DropTerms {
  /** Undefined: named after its only product, else `fallbackName`. */
  name: string | undefined;
  fallbackName: string;
  opensAt: string | 'now' | null;
  closesAt: string | null;
  perCustomerLimit: number;
  holdTtlSeconds: number;
  currency: string;
}

/** The drop that sells the imported products, and the products as the catalogue keeps them. */
export function dropFromProducts(
  products: readonly ImportedProduct[],
  terms: DropTerms,
): { drop: NewDrop; products: NewProduct[] } {
  const only = products.length === 1 ? products[0] : undefined;
  const { currency } = terms;
  const drop: NewDrop = {
    name: named(terms.name ?? only?.title ?? terms.fallbackName),
    description: only ? only.description : titlesOf(products),
    imageUrl: products.flatMap((product) => product.imageUrls)[0] ?? null,
    opensAt: terms.opensAt,
    closesAt: terms.closesAt,
    perCustomerLimit: terms.perCustomerLimit,
    holdTtlSeconds: terms.holdTtlSeconds,
    items: products.flatMap((product) =>
      product.variants.map((variant) => itemOf(product, variant, currency)),
    ),
  };
  return { drop, products: products.map((product) => productOf(product, currency)) };
}

function itemOf(product: ImportedProduct, variant: ImportedVariant, currency: string): NewDropItem {
  return {
    sku: variant.sku,
    name: itemName(product, variant),
    imageUrl: variant.imageUrl ?? product.imageUrls[0] ?? null,
    priceMinor: variant.priceMinor,
    currency,
    units: variant.units,
  };
}

export function productOf(product: ImportedProduct, currency: string): NewProduct {
  return {
    handle: product.handle,
    name: named(product.title),
    description: product.description,
    imageUrls: product.imageUrls,
    skus: product.variants.map((variant) => ({
      sku: variant.sku,
      name: itemName(product, variant),
      priceMinor: variant.priceMinor,
      currency,
    })),
  };
}

function itemName(product: ImportedProduct, variant: ImportedVariant): string {
  const options = variant.options.map((option) => option.replace(/[\s\p{Cc}]+/gu, ' '));
  return named(options.length === 0 ? product.title : `${product.title} – ${options.join(' / ')}`);
}

const TITLES_SHOWN_MAX = 12; // two lines on a screen

/** A drop of several products has no text of its own: it says what it sells. */
function titlesOf(products: readonly ImportedProduct[]): string {
  const titles = products.slice(0, TITLES_SHOWN_MAX).map(({ title }) => named(title));
  const rest = products.length - titles.length;
  return titles.join(' · ') + (rest > 0 ? ` · and ${rest} more` : '');
}

/** Names are shown on small screens; a longer one is cut rather than refused, it is no fault of the stock. */
function named(name: string): string {
  return shorten(name, LIMITS.nameLengthMax);
}
