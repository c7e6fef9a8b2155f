import type { DropView } from '@holdfast/contracts';
import { request } from 'undici';

const PAGE_SIZE = 50; // a drop may have thousands of SKUs
const TIMEOUT_MS = 5_000;

interface DropPage {
  items: DropView[];
  nextCursor: string | null;
}

/** All drops as the running product shows them to everybody. Throws when it does not answer with a list. */
export async function readPublicDrops(address: string, headers: Record<string, string>): Promise<DropView[]> {
  const drops: DropView[] = [];
  let cursor: string | null = null;
  do {
    const url = new URL('/v1/drops', address);
    url.searchParams.set('limit', String(PAGE_SIZE));
    if (cursor !== null) url.searchParams.set('cursor', cursor);
    const answer = await request(url, { headers, headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS });
    if (answer.statusCode !== 200) {
      await answer.body.dump();
      throw new Error(`GET ${url.pathname} answered ${answer.statusCode}`);
    }
    const page = (await answer.body.json()) as DropPage;
    drops.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return drops;
}
