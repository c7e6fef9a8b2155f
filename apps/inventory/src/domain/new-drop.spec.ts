import { InvalidDrop, type NewDrop, type NewProduct } from '@holdfast/contracts';
import { LIMITS } from '@holdfast/kernel';
import { checkNewDrop, parseTimestamp } from './new-drop';

const item = { sku: 'TEE-M', name: 'Tee, M', imageUrl: null, priceMinor: 2900, currency: 'EUR', units: 10 };
const good: NewDrop = {
  name: 'Tee',
  description: '',
  imageUrl: null,
  opensAt: 'now',
  closesAt: null,
  perCustomerLimit: 4,
  holdTtlSeconds: 300,
  items: [item],
};
const product: NewProduct = { handle: 'tee', name: 'Tee', description: '', imageUrls: [], skus: [] };
const refusal = (change: Partial<NewDrop>, products: NewProduct[] = []) => {
  try {
    checkNewDrop({ ...good, ...change }, products);
    return 'taken';
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidDrop);
    return (error as Error).message;
  }
};

describe('checkNewDrop', () => {
  it('takes what stands at the edges of each range', () => {
    expect(
      refusal({ perCustomerLimit: LIMITS.perCustomerLimitMax, holdTtlSeconds: LIMITS.holdTtlSecondsMin }),
    ).toBe('taken');
    expect(refusal({ items: [{ ...item, units: 0, priceMinor: 0 }] })).toBe('taken');
    expect(
      refusal({ items: [{ ...item, units: LIMITS.skuUnitsMax, sku: 'x'.repeat(LIMITS.skuLengthMax) }] }),
    ).toBe('taken');
    expect(refusal({ opensAt: '2030-01-01T10:00:00+02:00', closesAt: '2030-01-01T08:00:01Z' })).toBe('taken');
  });

  it.each<[string, Partial<NewDrop>, RegExp]>([
    ['an empty name', { name: ' ' }, /name of the drop must not be empty/],
    ['a long name', { name: 'x'.repeat(301) }, /301 characters; at most 300/],
    ['NUL', { description: 'a\0b' }, /cannot be stored/],
    ['half a surrogate pair', { name: 'a\ud800' }, /cannot be stored/],
    ['a limit of 0', { perCustomerLimit: 0 }, /limit per customer must be a whole number from 1 to 10000/],
    ['a limit over the range', { perCustomerLimit: 10_001 }, /limit per customer/],
    ['a broken hold time', { holdTtlSeconds: 3.5 }, /hold time/],
    ['a short hold time', { holdTtlSeconds: 2 }, /hold time/],
    ['a time without offset', { opensAt: '2030-01-01T10:00:00' }, /opening time must be RFC 3339/],
    ['a day that is none', { closesAt: '2030-13-01T10:00:00Z' }, /closing time must be RFC 3339/],
    [
      'closing before opening',
      { opensAt: '2030-01-01T10:00:00Z', closesAt: '2030-01-01T10:00:00Z' },
      /close after it opens/,
    ],
    ['no items', { items: [] }, /at least one item/],
    ['the same SKU twice', { items: [item, item] }, /SKU "TEE-M" is there twice/],
    [
      'two currencies',
      { items: [item, { ...item, sku: 'B', currency: 'USD' }] },
      /one currency, not EUR and USD/,
    ],
    ['no currency', { items: [{ ...item, currency: 'EURO' }] }, /ISO 4217/],
    ['lower case currency', { items: [{ ...item, currency: 'eur' }] }, /ISO 4217/],
    ['negative units', { items: [{ ...item, units: -1 }] }, /units of SKU "TEE-M" must be/],
    ['too many units', { items: [{ ...item, units: LIMITS.skuUnitsMax + 1 }] }, /units of SKU/],
    ['a broken price', { items: [{ ...item, priceMinor: 0.5 }] }, /price of SKU/],
    ['a blank SKU', { items: [{ ...item, sku: '' }] }, /a SKU must not be empty/],
    ['a long SKU', { items: [{ ...item, sku: 'x'.repeat(101) }] }, /101 characters; at most 100/],
  ])('refuses %s and says what to change', (_, change, message) => {
    expect(refusal(change)).toMatch(message);
  });

  it('refuses a product or a catalogue SKU that is there twice', () => {
    expect(refusal({}, [product, product])).toMatch(/product "tee" is there twice/);
    expect(refusal({}, [{ ...product, skus: [item, item] }])).toMatch(/twice among the products/);
  });

  it('refuses more SKUs than a drop may have', () => {
    const items = Array.from({ length: LIMITS.dropSkusMax + 1 }, (_, i) => ({ ...item, sku: `S${i}` }));
    expect(refusal({ items })).toMatch(/at most 20000 SKUs, not 20001/);
  });
});

describe('parseTimestamp', () => {
  it('reads RFC 3339 and nothing else', () => {
    expect(parseTimestamp('2026-12-01T10:00:00.5+01:00')).toBe(Date.UTC(2026, 11, 1, 9, 0, 0, 500));
    for (const text of [
      '2026-12-01',
      '1 Dec 2026',
      '',
      'now',
      '1796119200',
      '2026-12-01T25:00:00Z',
      '2026-02-30T10:00:00Z',
      '2026-12-01T10:00:00+0100',
    ])
      expect(parseTimestamp(text)).toBeUndefined();
  });
});
