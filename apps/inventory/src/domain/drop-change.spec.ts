import type { DropChange } from '@holdfast/contracts';
import { type DropBefore, planChange, timeErrors } from './drop-change';
import { resolveItems } from './drop-items';

const NOW = Date.parse('2026-12-01T10:00:00Z');
const at = (hours: number) => new Date(NOW + hours * 3_600_000).toISOString();

const before = (more: Partial<DropBefore> = {}): DropBefore => ({
  state: 'scheduled',
  name: 'Tee',
  description: '',
  imageUrl: null,
  opensAt: at(1),
  closesAt: null,
  perCustomerLimit: 4,
  holdTtlSeconds: 300,
  stockDisplay: 'exact',
  ...more,
});
const pointers = (state: DropBefore['state'], change: DropChange, more: Partial<DropBefore> = {}) => {
  const plan = planChange(before({ state, ...more }), change, NOW);
  return plan.kind === 'change' ? [] : [plan.kind, ...plan.errors.map(({ pointer }) => pointer)];
};
const EVERYTHING: DropChange = {
  name: 'Shirt',
  description: 'A shirt.',
  imageUrl: null,
  mode: 'first-come',
  opensAt: at(2),
  closesAt: at(3),
  perCustomerLimit: 2,
  holdTtlSeconds: 60,
  stockDisplay: 'bands',
  items: [{ sku: 'A', total: 1 }],
};

describe('a change of a drop', () => {
  it.each(['draft', 'scheduled'] as const)('can be of everything while it is %s', (state) => {
    expect(planChange(before({ state }), EVERYTHING, NOW)).toMatchObject({
      kind: 'change',
      next: { name: 'Shirt', opensAt: at(2), closesAt: at(3), perCustomerLimit: 2, stockDisplay: 'bands' },
    });
  });

  it.each(['open', 'paused'] as const)('names every field that is locked while it is %s', (state) => {
    expect(pointers(state, EVERYTHING)).toEqual([
      'locked',
      '/mode',
      '/opensAt',
      '/holdTtlSeconds',
      '/items',
      '/perCustomerLimit',
    ]);
    const free = { name: 'Shirt', description: '', imageUrl: null, stockDisplay: 'hidden' } as const;
    expect(pointers(state, { ...free, closesAt: at(3), perCustomerLimit: 5 })).toEqual([]);
    expect(pointers(state, { closesAt: null, perCustomerLimit: 4 })).toEqual([]);
  });

  it('never touches the closing time of a closed drop', () => {
    expect(pointers('closed', { closesAt: at(3) })).toEqual(['locked', '/closesAt']);
    expect(pointers('closed', { name: 'Shirt' })).toEqual([]);
  });

  it.each<[string, DropBefore['state'], DropChange, string[]]>([
    ['an opening in the past', 'scheduled', { opensAt: at(-1) }, ['/opensAt']],
    ['an opening at this moment', 'draft', { opensAt: at(0) }, ['/opensAt']],
    ['a closing in the past', 'open', { closesAt: at(-1) }, ['/closesAt']],
    ['no opening of a scheduled drop', 'scheduled', { opensAt: null }, ['/opensAt']],
    ['a closing before the opening', 'scheduled', { closesAt: at(1) }, ['/closesAt']],
  ])('is refused for %s', (_, state, change, expected) => {
    expect(pointers(state, change)).toEqual(['invalid', ...expected]);
  });

  it('looks at the times that are changed only', () => {
    // The plan of a draft may have been overtaken.
    expect(pointers('draft', { name: 'Shirt' }, { opensAt: at(-2), closesAt: at(-1) })).toEqual([]);
    expect(timeErrors({ opensAt: at(5) }, { opensAt: at(5), closesAt: at(4) }, NOW)).toEqual([
      { pointer: '/opensAt', message: 'the drop must close after it opens' },
    ]);
  });
});

describe('the items of a drop', () => {
  const product = { sku: 'A', name: 'Tee, M', priceMinor: 2_900, currency: 'EUR', imageUrl: 'a.jpg' };
  const price = { amountMinor: 100, currency: 'EUR' };

  it('are completed from the product, unless they say it themselves', () => {
    const wanted = [
      { sku: 'A', total: 3 },
      { sku: 'B', total: 0, name: 'Bag', price, imageUrl: null },
    ];
    expect(resolveItems(wanted, [product])).toEqual({
      kind: 'items',
      items: [
        { sku: 'A', name: 'Tee, M', imageUrl: 'a.jpg', priceMinor: 2_900, currency: 'EUR', units: 3 },
        { sku: 'B', name: 'Bag', imageUrl: null, priceMinor: 100, currency: 'EUR', units: 0 },
      ],
    });
    const own = resolveItems([{ sku: 'A', total: 1, name: 'Mine', price, imageUrl: null }], [product]);
    expect(own).toMatchObject({ items: [{ name: 'Mine', priceMinor: 100, imageUrl: null }] });
  });

  it('need a name and a price where no product has the SKU, each SKU once, and one currency', () => {
    const usd = { amountMinor: 1, currency: 'USD' };
    const wanted = [
      { sku: 'A', total: 1 },
      { sku: 'C', total: 1 },
      { sku: 'A', total: 1 },
      { sku: 'D', total: 1, name: 'D', price: usd },
    ];
    const resolved = resolveItems(wanted, [product]);
    expect(resolved.kind === 'invalid' && resolved.errors.map(({ pointer }) => pointer)).toEqual([
      '/items/1/name',
      '/items/1/price',
      '/items/2/sku',
      '/items/3/price',
    ]);
  });
});
