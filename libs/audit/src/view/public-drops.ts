import type { ShopperDrop, ShopperDropSummary } from '@holdfast/contracts';
import { request } from 'undici';

const PAGE_SIZE = 50;
const READS_AT_ONCE = 4; // drops may have thousands of SKUs, and shoppers are served at the same time
const TIMEOUT_MS = 5_000;

interface DropPage {
  items: ShopperDropSummary[];
  nextCursor: string | null;
}

/**
 * All drops with all items, as the running product shows them to the public. Lists are truncated to the first
 * items, so bigger drops are read one by one. Throws if the product does not answer as expected.
 */
export async function readPublicDrops(
  address: string,
  headers: Record<string, string>,
): Promise<ShopperDrop[]> {
  const listed: ShopperDropSummary[] = [];
  let cursor: string | null = null;
  do {
    const url = new URL('/v1/drops', address);
    url.searchParams.set('limit', String(PAGE_SIZE));
    if (cursor !== null) url.searchParams.set('cursor', cursor);
    const page: DropPage = await read<DropPage>(url, headers);
    listed.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  const whole: ShopperDrop[] = [];
  for (let from = 0; from < listed.length; from += READS_AT_ONCE) {
    const some = listed.slice(from, from + READS_AT_ONCE);
    whole.push(...(await Promise.all(some.map((drop) => wholeOf(drop, address, headers)))));
  }
  return whole;
}

/** One drop with all items, as the product shows it. Throws if the product does not answer as expected. */
export function readPublicDrop(
  address: string,
  dropId: string,
  headers: Record<string, string>,
): Promise<ShopperDrop> {
  return read<ShopperDrop>(new URL(`/v1/drops/${encodeURIComponent(dropId)}`, address), headers);
}

async function wholeOf(
  drop: ShopperDropSummary,
  address: string,
  headers: Record<string, string>,
): Promise<ShopperDrop> {
  if (drop.items.length >= drop.itemCount) return drop;
  return readPublicDrop(address, drop.id, headers);
}

async function read<T>(url: URL, headers: Record<string, string>): Promise<T> {
  const answer = await request(url, { headers, headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS });
  if (answer.statusCode === 200) return (await answer.body.json()) as T;
  await answer.body.dump();
  throw new Error(`GET ${url.pathname} answered ${answer.statusCode}`);
}
