import { shorten } from './cut';
import { htmlToText } from './html-to-text';
import { pictureUrl } from './picture-url';
import type { ProductRow } from './product-rows';

/** A variant that can be imported. */
export interface ImportedVariant {
  line: number;
  sku: string;
  options: string[];
  priceMinor: number;
  units: number;
  /** The file gives a quantity, be it 0. */
  isCounted: boolean;
  imageUrl: string | null;
}

export interface ImportedProduct {
  handle: string;
  title: string;
  /** Plain text. */
  description: string;
  imageUrls: string[];
  variants: ImportedVariant[];
}

const IMAGES_MAX = 250; // what Shopify takes for one product
const DESCRIPTION_LENGTH_MAX = 5_000;

/** Puts together what the rows of one product say; any of them may carry the title or the text. */
export function collectProduct(rows: readonly ProductRow[], variants: ImportedVariant[]): ImportedProduct {
  const firstOf = (column: 'title' | 'body') =>
    rows.map((row) => row.get(column)).find((text) => text !== '') ?? '';
  return {
    handle: rows[0]!.handle,
    title: oneLine(firstOf('title')) || rows[0]!.handle,
    description: shorten(htmlToText(firstOf('body')), DESCRIPTION_LENGTH_MAX),
    imageUrls: imagesOf(rows),
    variants,
  };
}

/** In the order of their positions; those without one follow in the order of the file. */
function imagesOf(rows: readonly ProductRow[]): string[] {
  const images = rows.flatMap((row) => {
    const url = pictureUrl(row.get('image'));
    const position = row.get('imagePosition');
    return url === null ? [] : [{ url, position: /^\d{1,6}$/.test(position) ? Number(position) : Infinity }];
  });
  images.sort((a, b) => (a.position === b.position ? 0 : a.position - b.position));
  return [...new Set(images.map(({ url }) => url))].slice(0, IMAGES_MAX);
}

function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
}
