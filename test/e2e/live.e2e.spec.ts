import { waitFor } from '@holdfast/testing';
import { type Product, startProduct } from '../support/product';
import { makeDrop, OtherShopper, readDrop } from '../support/shop-client';
import { SseReader } from '../support/sse';

const READERS = 1_000;
const LATE = 100; // of them join while holds are placed
const HOLDS = 400;
const ENV = { HOLDFAST_DEMO: 'off' };

let product: Product;
const readers: SseReader[] = [];

async function openAll(list: SseReader[]): Promise<void> {
  for (let i = 0; i < list.length; i += 50) {
    const statuses = await Promise.all(list.slice(i, i + 50).map((reader) => reader.open()));
    expect(new Set(statuses)).toEqual(new Set([200]));
  }
}

function newReaders(dropId: string, n: number): SseReader[] {
  const made = Array.from({ length: n }, () => new SseReader(`${product.url}/v1/drops/${dropId}/live`));
  readers.push(...made);
  return made;
}

/** Shoppers who hold and let others see it, some at the same time. */
async function placeHolds(dropId: string, n: number): Promise<void> {
  const shoppers = Array.from({ length: 8 }, () => new OtherShopper(product.url));
  await Promise.all(
    shoppers.map(async (shopper, s) => {
      for (let i = s; i < n; i += shoppers.length) await shopper.hold(dropId, i % 3 === 0 ? 'A' : 'B');
    }),
  );
}

async function endState(dropId: string): Promise<Map<string, number>> {
  const { items } = await readDrop(product.url, dropId);
  return new Map(items.map(({ sku, stock }) => [sku, stock.version]));
}

const sameVersions = (reader: SseReader, end: Map<string, number>) =>
  [...end].every(([sku, version]) => reader.versions.get(sku) === version);

describe('live counts of the running product', () => {
  beforeAll(async () => {
    product = await startProduct({ env: ENV });
  });

  afterEach(() => {
    for (const reader of readers.splice(0)) reader.close();
  });

  it(`bring ${READERS} readers to the same end state while holds are placed`, async () => {
    const dropId = await makeDrop(product, ['A=1000@9.00', 'B=1000@9.00'], '--limit', '1000');
    await openAll(newReaders(dropId, READERS - LATE));
    await Promise.all([placeHolds(dropId, HOLDS), openAll(newReaders(dropId, LATE))]);
    const end = await waitFor('all holds in the counts', async () => {
      const { items } = await readDrop(product.url, dropId);
      const held = items.reduce((sum, { stock }) => sum + stock.held, 0);
      return held === HOLDS && (await endState(dropId));
    });
    await waitFor('all at the end', () => readers.every((reader) => sameVersions(reader, end)));
    expect(readers.flatMap(({ faults }) => faults)).toEqual([]);
    const left = new Set(readers.map(({ available }) => [...available.values()].sort().join()));
    expect(left.size).toBe(1);
    const frames = Math.max(...readers.map(({ events }) => events.get('stock') ?? 0));
    console.log(`${HOLDS} holds reached ${READERS} readers in at most ${frames} stock events each`);
  });

  it('show no older version to readers who come back after kill -9 of the product', async () => {
    const dropId = await makeDrop(product, ['A=1000@9.00', 'B=1000@9.00'], '--limit', '1000');
    const back = newReaders(dropId, 50);
    await openAll(back);
    await placeHolds(dropId, 60);
    await waitFor('counts', async () => {
      const end = await endState(dropId);
      return back.every((reader) => sameVersions(reader, end));
    });
    const { dataDir, url } = product;
    await product.kill9();
    await waitFor('all ended', () => back.every(({ ended }) => ended));
    product = await startProduct({ dataDir, port: Number(new URL(url).port), env: ENV });
    await waitFor('all back', async () => {
      const gone = back.filter(({ ended }) => ended);
      await Promise.all(gone.map((reader) => reader.open().catch(() => 0)));
      return back.every(({ ended, events }) => !ended && (events.get('snapshot') ?? 0) >= 2);
    });
    await placeHolds(dropId, 20);
    await waitFor('the same end', async () => {
      const end = await endState(dropId);
      return back.every((reader) => sameVersions(reader, end));
    });
    expect(back.flatMap(({ faults }) => faults)).toEqual([]);
  });

  it('end in order when the product is told to end, with a time to come back', async () => {
    const dropId = await makeDrop(product, ['A=10@9.00']);
    const [reader] = newReaders(dropId, 1);
    await reader!.open();
    await product.stop();
    await waitFor('end', () => reader!.ended);
  });
});
