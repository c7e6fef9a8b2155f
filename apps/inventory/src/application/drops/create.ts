import type { ChangeOrigin, DropWithStock, NewDrop, NewProduct } from '@holdfast/contracts';
import { newDropId } from '@holdfast/kernel';
import { checkNewDrop } from '../../domain/new-drop';
import type { DropStore, DropToInsert, SkuOnSale } from '../ports/drop-store.port';

/** Who is recorded with what the command line changes. */
export const COMMAND_LINE: ChangeOrigin = {
  actor: { kind: 'operator', id: 'cli', label: 'command line' },
  requestId: null,
  address: null,
};

/** A drop id has 40 random bits: a second collision in a row means that the random source is broken. */
const CREATE_TRIES = 2;

/** Creates a drop with its stock, and the products it is made from, if given. Throws `InvalidDrop`. */
export async function createDrop(
  store: DropStore,
  by: Pick<DropToInsert, 'merchantId' | 'by'>,
  drop: NewDrop,
  products: readonly NewProduct[] = [],
  newId: () => string = newDropId,
): Promise<DropWithStock> {
  checkNewDrop(drop, products);
  return withUnusedId(newId, (dropId) => store.insert({ ...by, dropId, drop, products }));
}

/**
 * Creates a drop of a merchant; without `owner` of the first one, whom it creates if there is none. Also tells which of its
 * SKUs they sell elsewhere. Throws `InvalidDrop`; nothing is left behind then.
 */
export async function createAsOperator(
  store: DropStore,
  drop: NewDrop,
  products: readonly NewProduct[] = [],
  owner?: string,
): Promise<DropWithStock & { onSale: SkuOnSale[] }> {
  const merchantId = owner ?? (await store.firstMerchant());
  const skus = drop.items.map(({ sku }) => sku);
  const onSale = merchantId === null ? [] : await store.skusOnSale(merchantId, skus);
  return { ...(await createDrop(store, { merchantId, by: COMMAND_LINE }, drop, products)), onSale };
}

/** Inserts with a new id, and with another one if that is taken. */
export async function withUnusedId<T>(
  newId: () => string,
  insert: (dropId: string) => Promise<T | 'id-taken'>,
): Promise<T> {
  for (let tries = 1; tries <= CREATE_TRIES; tries += 1) {
    const made = await insert(newId());
    if (made !== 'id-taken') return made;
  }
  throw new Error(`${CREATE_TRIES} new drop ids in a row were taken`);
}
