import { type DropForm, formOf, typedOver } from './drop-conflict';
import { asTyped } from './typed';
import type { AdminDrop } from './types';

const item = (sku: string, total: number, name = sku) => ({
  sku,
  name,
  price: { amountMinor: 950, currency: 'EUR' },
  imageUrl: null,
  stock: { available: total, held: 0, sold: 0, total, version: 1, asOf: '', stale: false },
});
const drop = (changes: object = {}): AdminDrop =>
  ({
    state: 'scheduled',
    name: 'Cups',
    description: 'Blue.\r\nHolds water.\n',
    imageUrl: null,
    opensAt: null,
    closesAt: null,
    perCustomerLimit: 4,
    holdTtlSeconds: 300,
    stockDisplay: 'exact',
    items: [item('CUP', 20), item('MUG', 5), item('JUG', 7)],
    ...changes,
  }) as unknown as AdminDrop;

/** As the form gives it back with these fields typed. */
function typed(changes: Record<string, string>, rows = [0, 1, 2]): DropForm {
  const values = Object.entries({ ...formOf(drop()).values, ...changes });
  return { values: Object.fromEntries(values.map(([name, it]) => [name, asTyped(it)])), rows };
}

/** SKU, units and name of each row of the form. */
const rowsOf = ({ rows, values }: DropForm) =>
  rows.map((row) => [values[`sku-${row}`], values[`total-${row}`], values[`name-${row}`]]);

describe('what was typed, over the version of somebody else', () => {
  it('stays, and all that was not typed is theirs, also a text with blanks at its end', () => {
    const theirs = drop({ name: 'Red cups', description: 'Red.', perCustomerLimit: 9 });
    const { values } = typedOver(theirs, drop(), typed({ perCustomerLimit: '6' }));
    expect(values).toMatchObject({ name: 'Red cups', description: 'Red.', perCustomerLimit: '6' });
  });

  it('stays with its SKU where rows have moved', () => {
    const theirs = drop({ items: [item('POT', 1), item('CUP', 20), item('MUG', 5, 'Blue mug')] });
    const next = typedOver(theirs, drop(), typed({ 'total-1': '8' }));
    expect(rowsOf(next)).toEqual([
      ['POT', '1', 'POT'],
      ['CUP', '20', 'CUP'],
      ['MUG', '8', 'Blue mug'],
    ]);
    expect(next.lost).toEqual([]);
  });

  it('is left out, and named, where they have removed the SKU', () => {
    const theirs = drop({ items: [item('JUG', 7)] });
    const next = typedOver(theirs, drop(), typed({ 'total-1': '8' }));
    expect(rowsOf(next)).toEqual([['JUG', '7', 'JUG']]);
    expect(next.lost).toEqual(['MUG']);
  });

  it('keeps rows that were removed and added, and gives no number twice', () => {
    const theirs = drop({ items: [item('POT', 1), item('CUP', 20), item('MUG', 5), item('JUG', 7)] });
    const next = typedOver(theirs, drop(), typed({ 'sku-3': 'PAN', 'total-3': '2' }, [0, 2, 3]));
    expect(rowsOf(next)).toEqual([
      ['POT', '1', 'POT'],
      ['CUP', '20', 'CUP'],
      ['JUG', '7', 'JUG'],
      ['PAN', '2', undefined],
    ]);
    expect(new Set(next.rows).size).toBe(4);
  });

  it('goes to their row where both have added the same SKU', () => {
    const theirs = drop({ items: [...drop().items, item('PAN', 9, 'Their pan')] });
    const next = typedOver(theirs, drop(), typed({ 'sku-3': 'PAN', 'total-3': '2' }, [0, 1, 2, 3]));
    expect(rowsOf(next).slice(3)).toEqual([['PAN', '2', 'Their pan']]);
  });

  it('stays when they change it again: the second time over the newer version', () => {
    const second = drop({ items: [item('MUG', 5), item('CUP', 21)] });
    const once = typedOver(second, drop(), typed({ 'total-1': '8' }));
    const third = drop({ items: [item('CUP', 22), item('MUG', 5)] });
    expect(rowsOf(typedOver(third, second, once))).toEqual([
      ['CUP', '22', 'CUP'],
      ['MUG', '8', 'MUG'],
    ]);
  });

  it('leaves items as they are once the drop has opened', () => {
    const theirs = drop({ state: 'open', items: [item('CUP', 20), item('MUG', 5)] });
    expect(rowsOf(typedOver(theirs, drop(), typed({ 'total-0': '1' }, [0])))).toEqual([
      ['CUP', '20', 'CUP'],
      ['MUG', '5', 'MUG'],
    ]);
  });

  it('has one row at least', () => {
    const next = typedOver(drop({ items: [item('MUG', 5)] }), drop(), typed({}, [0, 2]));
    expect(rowsOf(next)).toEqual([[undefined, undefined, undefined]]);
  });
});
