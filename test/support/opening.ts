import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Crowd, type Reply } from './lab/crowd';
import { MODE, type Product } from './product';

const ASKING = 3; // shoppers at each gateway, one request each at a time

/** When a drop began to sell at a gateway, in milliseconds after it was to open. */
export interface Opening {
  /** The first hold, by the clock of the database. */
  firstHoldMs: number;
  /** When its answer had arrived here, which a busy machine delays. */
  answeredMs: number;
  /** Requests before it. */
  refused: number;
}

/** Each gateway's own address, without the proxy. */
export function gatewayUrls({ dataDir, url }: Product): string[] {
  if (MODE !== 'cluster') return [url];
  const state = JSON.parse(readFileSync(join(dataDir, 'run.json'), 'utf8')) as {
    components: { kind: string; address: string }[];
  };
  return state.components.filter(({ kind }) => kind === 'gateway').map(({ address }) => address);
}

/** Asks each gateway for holds without a pause, until all have sold. Throws at an answer that is neither a hold nor says that the drop is not open. */
export async function watchOpening(product: Product, dropId: string, opensAt: string): Promise<Opening[]> {
  const urls = gatewayUrls(product);
  const crowd = new Crowd(urls, 2 * ASKING);
  try {
    const buyers = await crowd.gather(urls.length * ASKING);
    return await Promise.all(
      urls.map(async (_, via) => {
        const seen = { refused: 0, first: [] as { reply: Reply; atMs: number }[] };
        const ask = async (buyer: (typeof buyers)[number]) => {
          while (seen.first.length < ASKING) {
            const reply = await buyer.tryHold(dropId, { via });
            if (reply.status === 201) seen.first.push({ reply, atMs: Date.now() });
            else if (reply.word === 'drop-not-open') seen.refused += 1;
            else throw new Error(`${reply.status} ${reply.text}`);
          }
        };
        await Promise.all(buyers.slice(via * ASKING, (via + 1) * ASKING).map(ask));
        const after = (time: number) => time - Date.parse(opensAt);
        const heldAt = seen.first.map(({ reply }) => Date.parse(JSON.parse(reply.text).createdAt as string));
        return {
          firstHoldMs: after(Math.min(...heldAt)),
          answeredMs: after(Math.min(...seen.first.map(({ atMs }) => atMs))),
          refused: seen.refused,
        };
      }),
    );
  } finally {
    await crowd.close();
  }
}
