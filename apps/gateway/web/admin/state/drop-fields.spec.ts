import {
  changesOfDrop,
  type DropChange,
  differencesOf,
  isLocked,
  isSaved,
  readDrop,
  valuesOfDrop,
} from './drop-fields';
import { asTyped } from './typed';
import type { AdminDrop } from './types';

const EUR = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });
const item = (sku: string, total: number, imageUrl: string | null = null) => ({
  sku,
  name: `The ${sku}`,
  price: EUR(950),
  imageUrl,
  stock: { available: total, held: 0, sold: 0, total, version: 1, asOf: '', stale: false },
});
const drop = {
  id: 'd1',
  name: 'Cups',
  description: 'Blue.\r\nHolds water.\n',
  imageUrl: null,
  state: 'scheduled',
  opensAt: '2099-01-01T10:00:30.000Z',
  closesAt: null,
  perCustomerLimit: 4,
  holdTtlSeconds: 300,
  stockDisplay: 'exact',
  items: [item('CUP', 20, 'https://x.example/cup.png'), item('MUG', 5)],
} as unknown as AdminDrop;

const asTypedAll = (values: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, asTyped(value)]));

/** As the person would send the form with these fields changed. */
function changed(values: Record<string, string>, rows = [0, 1]) {
  const read = readDrop(asTypedAll({ ...valuesOfDrop(drop), ...values }), rows, () => 'EUR', drop.items);
  if (read.kind === 'wrong') throw new Error(JSON.stringify(read.errors));
  return changesOfDrop(read.json, drop);
}

describe('the form of a drop', () => {
  it('sends nothing of a drop that was not changed, not even a time without its seconds', () => {
    expect(changed({})).toEqual({});
  });

  it('sends the fields that were changed, an emptied one too', () => {
    expect(changed({ name: 'Blue cups', opensAt: '', perCustomerLimit: '6' })).toEqual({
      name: 'Blue cups',
      opensAt: null,
      perCustomerLimit: 6,
    });
  });

  it('sends the whole list of items when one was changed, with the picture that no field shows', () => {
    const cup = {
      sku: 'CUP',
      total: 25,
      name: 'The CUP',
      price: EUR(950),
      imageUrl: 'https://x.example/cup.png',
    };
    expect(changed({ 'total-0': '25' }, [0])).toEqual({ items: [cup] });
  });

  it('gives a picture to no other SKU, also not in the row of its own', () => {
    const { items } = changed({ 'sku-0': 'JUG', 'sku-2': 'CUP', 'total-2': '3' }, [0, 1, 2]);
    const pictures = items!.map(({ sku, imageUrl }) => [sku, imageUrl]);
    expect(pictures).toEqual([
      ['JUG', undefined],
      ['MUG', undefined],
      ['CUP', 'https://x.example/cup.png'],
    ]);
  });

  it('gives items back as they are where another one was changed', () => {
    const blanks = {
      ...drop,
      items: [{ ...item('CUP ', 20), name: ' The CUP' }, item('MUG', 5)],
    } as AdminDrop;
    // As typed, and as it is given back where the form has no fields for it.
    const raw = readDrop(valuesOfDrop(blanks), [0, 1], () => 'EUR', blanks.items);
    expect(raw.kind === 'read' && changesOfDrop(raw.json, blanks)).toEqual({});
    const values = asTypedAll({ ...valuesOfDrop(blanks), 'total-1': '6' });
    const read = readDrop(values, [0, 1], () => 'EUR', blanks.items);
    expect(read).toMatchObject({
      json: {
        items: [
          { sku: 'CUP ', name: ' The CUP' },
          { sku: 'MUG', total: 6 },
        ],
      },
    });
  });

  it('knows a change that was saved though its answer was lost, with what the product has added to it', () => {
    const sent: DropChange = { name: 'Red cups', items: [{ sku: 'CUP', total: 25 }] };
    const after = { ...drop, name: 'Red cups', description: 'By somebody else', items: [item('CUP', 25)] };
    expect(isSaved(sent, after as AdminDrop)).toBe(true);
    expect(isSaved(sent, { ...after, name: 'Green cups' } as AdminDrop)).toBe(false);
    expect(isSaved(sent, { ...after, items: [item('CUP', 24)] } as AdminDrop)).toBe(false);
    expect(isSaved(sent, { ...after, items: [item('CUP', 25), item('MUG', 5)] } as AdminDrop)).toBe(false);
  });

  it('says which fields cannot be read', () => {
    const read = readDrop({ ...valuesOfDrop(drop), name: '', 'price-1': 'cheap' }, [0, 1], () => 'EUR');
    expect(read).toMatchObject({
      kind: 'wrong',
      errors: { '/name': 'is needed', '/items/1/price': expect.any(String) },
    });
  });

  it('tells what somebody else has changed', () => {
    const after = { ...drop, state: 'open', name: 'Red cups', items: [item('CUP', 20)] } as AdminDrop;
    expect(differencesOf(drop, after)).toEqual([
      'State: scheduled → open',
      'Name: Cups → Red cups',
      'Items were changed.',
    ]);
    expect(differencesOf(drop, drop)).toEqual([]);
  });

  it('locks what the contract locks from the opening on', () => {
    const fields = [
      'name',
      'closesAt',
      'perCustomerLimit',
      'stockDisplay',
      'items',
      'opensAt',
      'holdTtlSeconds',
    ] as const;
    const open = fields.filter((field) => !isLocked(field, 'paused'));
    expect(open).toEqual(['name', 'closesAt', 'perCustomerLimit', 'stockDisplay']);
    expect(fields.filter((field) => isLocked(field, 'scheduled'))).toEqual([]);
  });
});
