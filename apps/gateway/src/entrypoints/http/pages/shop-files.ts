import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pageHeaders } from './html';

const INDEX = 'index.html';

/** The built pages of the shop, or undefined where they are not built: an API without pages is still an API. */
export interface ShopFiles {
  root: string;
  /** Files that stand beside the index, such as `favicon.svg`. */
  loose: string[];
}

/** Looks for the build beside the compiled code (`dist/apps/gateway/src/entrypoints/http/pages`), then beside the sources. */
export function findShopFiles(): ShopFiles | undefined {
  const roots = [
    resolve(__dirname, '../../../../../../web'),
    resolve(__dirname, '../../../../../../dist/web'),
  ];
  const root = roots.find((candidate) => existsSync(join(candidate, INDEX)));
  if (!root) return undefined;
  const loose = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isFile() && /^[\w-]+\.(ico|svg|png|txt|webmanifest)$/.test(entry.name))
    .map((entry) => entry.name);
  return { root, loose };
}

/**
 * What a page of the shop may do: its own scripts, styles and calls; pictures of products from wherever the merchant keeps them. It is the one
 * file that is asked for each time: it names its assets by their hash.
 */
export const SHOP_HEADERS = pageHeaders(
  { 'default-src': "'self'", 'img-src': "'self' data: https:", 'form-action': "'self'" },
  'no-cache',
);
