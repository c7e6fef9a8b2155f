import { OtherShopper, readDrop } from './shop-client';
import { SseReader } from './sse';

export function newReaders(url: string, dropId: string, n: number): SseReader[] {
  return Array.from({ length: n }, () => new SseReader(`${url}/v1/drops/${dropId}/live`));
}

export async function openAll(readers: SseReader[]): Promise<void> {
  for (let i = 0; i < readers.length; i += 50) {
    const statuses = await Promise.all(readers.slice(i, i + 50).map((reader) => reader.open()));
    expect(new Set(statuses)).toEqual(new Set([200]));
  }
}

/** Shoppers who hold units of A and B and let others see it, some at the same time. */
export async function placeHolds(url: string, dropId: string, n: number): Promise<void> {
  const shoppers = Array.from({ length: 8 }, () => new OtherShopper(url));
  await Promise.all(
    shoppers.map(async (shopper, s) => {
      for (let i = s; i < n; i += shoppers.length) await shopper.hold(dropId, i % 3 === 0 ? 'A' : 'B');
    }),
  );
}

/** The version of each SKU as the drop shows it. */
export async function endState(url: string, dropId: string): Promise<Map<string, number>> {
  const { items } = await readDrop(url, dropId);
  return new Map(items.map(({ sku, stock }) => [sku, stock.version]));
}

export const sameVersions = (reader: SseReader, end: Map<string, number>): boolean =>
  [...end].every(([sku, version]) => reader.versions.get(sku) === version);
