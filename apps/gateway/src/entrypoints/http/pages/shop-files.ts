import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fingerprintOf } from '@holdfast/kernel';
import { REPORT_STYLE_SOURCE } from '@holdfast/rehearsal-report';
import { pageHeaders } from './html';

const INDEX = 'index.html';
const ADMIN = 'admin.html';

/** The built pages of the shop; undefined if they are not built, as in some tests. */
export interface ShopFiles {
  root: string;
  /** Files next to the index, such as `favicon.svg`. */
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
  /** One page for the list of drops and for each drop, rendered by its script. */
  shop: Buffer;
  etag: string;
  /** The same page for an unknown drop. It says so even if its script does not run. */
  missing: Buffer;
}

const ROOT = '<div id="shop"></div>';
const ROOT_WITH_FAULTS = '<div id="shop" data-sandbox-faults></div>';
const NO_SUCH_DROP = `<div id="shop" data-missing><main class="noscript"><h1>Drop not found</h1>
<p>The address is wrong, or the drop has not been published yet.</p><p><a href="/">See all drops</a></p></main></div>`;

/** Kept in memory: they are small and requested often. */
export function readShopPages(sandboxFaults: boolean): ShopPages | undefined {
  const files = findShopFiles();
  return files && shopPages(readFileSync(join(files.root, INDEX), 'utf8'), sandboxFaults);
}

/** The one page for merchants, rendered by its script; undefined where nothing is built. */
export function readAdminPage(): { page: Buffer; etag: string } | undefined {
  const files = findShopFiles();
  if (!files) return undefined;
  const page = readFileSync(join(files.root, ADMIN));
  return { page, etag: tagOf(page) };
}

/** The pages made from the built one. Its root element says whether test tokens that delay or lose answers are accepted. */
export function shopPages(built: string, sandboxFaults: boolean): ShopPages {
  const shop = Buffer.from(sandboxFaults ? built.replace(ROOT, ROOT_WITH_FAULTS) : built);
  const missing = Buffer.from(built.replace(ROOT, NO_SUCH_DROP));
  return { shop, etag: tagOf(shop), missing };
}

const tagOf = (page: Buffer): string => `"${fingerprintOf(page).slice(0, 24)}"`;

/**
 * What a page of the shop may do: its own scripts, styles and calls; pictures of products from wherever the merchant keeps them. It is the one
 * file that is asked for each time: it names its assets by their hash.
 */
export const SHOP_HEADERS = pageHeaders(
  { 'default-src': "'self'", 'img-src': "'self' data: https:", 'form-action': "'self'" },
  'no-cache',
);

/**
 * The merchants' page shows no picture from elsewhere, and no form of it is ever sent by the browser itself. A report that it opens is a document of
 * its own (`blob:`), but the browser holds it to the policy of the page: hence the report's style sheet.
 */
export const ADMIN_HEADERS = pageHeaders(
  {
    'default-src': "'self'",
    'style-src': `'self' ${REPORT_STYLE_SOURCE}`,
    'img-src': "'self' data:",
    'form-action': "'none'",
  },
  'no-cache',
);
