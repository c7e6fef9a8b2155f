import { waitFor } from '@holdfast/testing';
import { endState, newReaders, openAll, placeHolds, sameVersions } from '../support/live-readers';
import { type Product, startProduct } from '../support/product';
import { makeDrop, readDrop } from '../support/shop-client';
import type { SseReader } from '../support/sse';

const READERS = 1_000;
const LATE = 100; // of them join while holds are placed
const HOLDS = 400;

describe('live counts of the running product', () => {
  let product: Product;
  const readers: SseReader[] = [];

  beforeAll(async () => {
    product = await startProduct({ env: { HOLDFAST_DEMO: 'off' } });
  });

  afterAll(() => {
    for (const reader of readers) reader.close();
  });

  it(`bring ${READERS} readers to the same end state while holds are placed`, async () => {
    const { url } = product;
    const dropId = await makeDrop(product, ['A=1000@9.00', 'B=1000@9.00'], '--limit', '1000');
    readers.push(...newReaders(url, dropId, READERS));
    await openAll(readers.slice(LATE));
    await Promise.all([placeHolds(url, dropId, HOLDS), openAll(readers.slice(0, LATE))]);
    const end = await waitFor('all holds in the counts', async () => {
      const { items } = await readDrop(url, dropId);
      const held = items.reduce((sum, { stock }) => sum + stock.held, 0);
      return held === HOLDS && (await endState(url, dropId));
    });
    await waitFor('all at the end', () => readers.every((reader) => sameVersions(reader, end)));
    expect(readers.flatMap(({ faults }) => faults)).toEqual([]);
    const left = new Set(readers.map(({ available }) => [...available.values()].sort().join()));
    expect(left.size).toBe(1);
    const frames = Math.max(...readers.map(({ events }) => events.get('stock') ?? 0));
    console.log(`${HOLDS} holds reached ${READERS} readers in at most ${frames} stock events each`);
  });
});
