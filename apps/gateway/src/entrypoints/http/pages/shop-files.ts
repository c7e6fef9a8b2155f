import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fingerprint } from '../server/body';
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

export interface ShopPages {
  /** The one page for the list of drops and for each drop: the script in it does the rest. */
  shop: Buffer;
  etag: string;
  /** The same page for an address that leads to no drop. It says so itself, whether or not its script runs. */
  missing: Buffer;
}

const ROOT = '<div id="shop"></div>';
const NO_SUCH_DROP = `<div id="shop" data-missing><main class="noscript"><h1>There is no such drop</h1>
<p>The address is wrong, or the drop is not public yet.</p><p><a href="/">See all drops</a></p></main></div>`;

/** Kept in memory: they are small, and everybody asks for them. */
export function readShopPages(): ShopPages | undefined {
  const files = findShopFiles();
  if (!files) return undefined;
  const shop = readFileSync(join(files.root, INDEX));
  const missing = Buffer.from(shop.toString().replace(ROOT, NO_SUCH_DROP));
  return { shop, etag: `"${fingerprint(shop).slice(0, 24)}"`, missing };
}

/**
 * What a page of the shop may do: its own scripts, styles and calls; pictures of products from wherever the merchant keeps them. It is the one
 * file that is asked for each time: it names its assets by their hash.
 */
export const SHOP_HEADERS = pageHeaders(
  { 'default-src': "'self'", 'img-src': "'self' data: https:", 'form-action': "'self'" },
  'no-cache',
);
