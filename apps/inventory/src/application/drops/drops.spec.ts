import {
  type ChangeOrigin,
  type DropState,
  type DropWithStock,
  InvalidDrop,
  type NewDrop,
  type OfMerchant,
} from '@holdfast/contracts';
import type { LaneCommand } from '../../domain/lane-command';
import { merchantCommand } from '../../../../../test/support/merchant-command';
import { type DropScope, DropStore, type DropToInsert } from '../ports/drop-store.port';
import { actOnDrop } from './act-on';
import { adjustStock } from './adjust-stock';
import { createDrop } from './create';
import { seedLedger } from './seed';

type Step = Parameters<DropStore['step']>[2];

/** Drops in memory: enough to show what the use cases ask of the store. */
class FakeStore extends DropStore {
  readonly drops = new Map<string, { merchantId: string; state: DropState }>();
  readonly inserted: DropToInsert[] = [];
  merchant: string | null = null;
  /** Runs before each step: what another process does meanwhile. */
  beforeStep = () => {};

  override insert(drop: DropToInsert): Promise<DropWithStock | 'id-taken'> {
    if (this.drops.has(drop.dropId)) return Promise.resolve('id-taken');
    this.inserted.push(drop);
    const merchantId = drop.merchantId ?? (this.merchant ??= 'm1');
    this.drops.set(drop.dropId, { merchantId, state: 'open' });
    return Promise.resolve(this.read(drop.dropId));
  }

  override insertFirst(drop: DropToInsert): Promise<DropWithStock | 'id-taken' | null> {
    return this.drops.size > 0 ? Promise.resolve(null) : this.insert(drop);
  }

  override find(scope: DropScope, dropId: string): Promise<DropWithStock | null> {
    const drop = this.drops.get(dropId);
    const visible = drop && (scope === 'all-merchants' || scope.merchantId === drop.merchantId);
    return Promise.resolve(visible ? this.read(dropId) : null);
  }

  override async step(scope: DropScope, dropId: string, { from, to }: Step): Promise<boolean> {
    const before = (await this.find(scope, dropId))?.drop.state;
    this.beforeStep();
    if (before === undefined || !from.includes(before)) return false;
    this.drops.get(dropId)!.state = to;
    return true;
  }

  override firstMerchant = () => Promise.resolve(this.merchant);

  override ensureFirstMerchant() {
    const merchantMade = this.merchant === null;
    return Promise.resolve({ merchantId: (this.merchant ??= 'm1'), merchantMade });
  }

  override list = () => Promise.resolve([...this.drops.keys()].map((dropId) => this.read(dropId)));
  override skusOnSale = () => Promise.resolve([]);

  private read(dropId: string): DropWithStock {
    return { drop: { id: dropId, ...this.drops.get(dropId)! }, stock: [] } as unknown as DropWithStock;
  }
}

const NEW: NewDrop = {
  name: 'Tee',
  description: '',
  imageUrl: null,
  opensAt: 'now',
  closesAt: null,
  perCustomerLimit: 4,
  holdTtlSeconds: 300,
  items: [{ sku: 'A', name: 'A', imageUrl: null, priceMinor: 100, currency: 'EUR', units: 1 }],
};
const ANN: ChangeOrigin = {
  actor: { kind: 'staff', id: 'sta_1', label: 'ann@shop.example' },
  requestId: null,
  address: null,
};
const BY = { merchantId: 'm1', by: ANN };
const ids =
  (...list: string[]) =>
  () =>
    list.shift()!;

describe('creating a drop', () => {
  it('belongs to the merchant, and takes another id if the first is taken', async () => {
    const store = new FakeStore();
    store.drops.set('d1', { merchantId: 'm0', state: 'open' });
    const { drop } = await createDrop(store, BY, NEW, [], ids('d1', 'd2'));
    expect(drop.id).toBe('d2');
    expect(store.inserted).toMatchObject([{ merchantId: 'm1', by: ANN, products: [] }]);
  });

  it('fails if two ids in a row are taken: then ids are not random', async () => {
    const store = new FakeStore();
    store.drops.set('d1', { merchantId: 'm0', state: 'open' });
    await expect(createDrop(store, BY, NEW, [], ids('d1', 'd1'))).rejects.toThrow('in a row were taken');
  });

  it('is refused before the store is asked if it is invalid', async () => {
    const store = new FakeStore();
    await expect(createDrop(store, BY, { ...NEW, items: [] })).rejects.toThrow(InvalidDrop);
    expect(store.inserted).toEqual([]);
  });
});

describe('a step in the life of a drop', () => {
  const started = (state: DropState) => {
    const store = new FakeStore();
    store.drops.set('d1', { merchantId: 'm1', state });
    return store;
  };

  it('is taken where it is allowed', async () => {
    const outcome = await actOnDrop(started('open'), { merchantId: 'm1' }, 'd1', 'pause');
    expect(outcome).toMatchObject({ kind: 'done', result: { drop: { state: 'paused' } } });
  });

  it('is refused with the state where it is not', async () => {
    const outcome = await actOnDrop(started('closed'), 'all-merchants', 'd1', 'open');
    expect(outcome).toEqual({ kind: 'illegal', state: 'closed' });
  });

  it('does not exist for another merchant', async () => {
    const store = started('open');
    expect(await actOnDrop(store, { merchantId: 'm2' }, 'd1', 'close')).toEqual({ kind: 'not-found' });
    expect(store.drops.get('d1')!.state).toBe('open');
  });

  it('is tried again if the drop has come into an allowed state since it was refused', async () => {
    const store = started('scheduled');
    store.beforeStep = () => (store.drops.get('d1')!.state = 'open');
    expect(await actOnDrop(store, 'all-merchants', 'd1', 'pause')).toMatchObject({ kind: 'done' });
  });
});

describe('the first start', () => {
  it('creates one merchant and, if wanted, one demo drop, also if it runs again', async () => {
    const store = new FakeStore();
    const first = await seedLedger(store, { demo: true });
    expect(first).toMatchObject({ merchantMade: true, demoDropId: expect.any(String) as string });
    const { merchantId } = first;
    expect(await seedLedger(store, { demo: true })).toEqual({
      merchantId,
      merchantMade: false,
      demoDropId: null,
    });
    expect(store.inserted).toMatchObject([{ merchantId, by: { actor: { kind: 'system' } } }]);
  });
});

describe('adjusting stock', () => {
  it("goes through the lane of the merchant's own drop, as one movement for each key", async () => {
    const submitted: LaneCommand[] = [];
    const lanes = {
      submit: (_dropId: string, command: LaneCommand) => {
        submitted.push(command);
        return Promise.resolve({ kind: 'drop-closed' });
      },
    } as unknown as Parameters<typeof adjustStock>[0]['lanes'];
    const owns = async (query: OfMerchant) => query.merchantId === 'm1' && query.dropId === 'd1';
    const command = { ...merchantCommand('m1'), sku: 'A', delta: 5, reason: 'recount' };
    const adjust = (dropId: string, more = {}) =>
      adjustStock({ owns, lanes }, { ...command, ...more, dropId });
    expect(await adjust('d2')).toEqual({ kind: 'not-found' });
    expect(await adjust('d1', { merchantId: 'm2' })).toEqual({ kind: 'not-found' });
    expect(submitted).toEqual([]);
    expect(await adjust('d1')).toEqual({ kind: 'drop-closed' });
    await adjust('d1');
    expect(submitted[1]).toEqual(submitted[0]);
    expect(submitted[0]).toMatchObject({ kind: 'adjust', merchantId: 'm1', delta: 5 });
    expect(submitted[0]).toHaveProperty('movementId', expect.stringMatching(/^d1-m[0-9a-z]{26}$/));
  });
});
