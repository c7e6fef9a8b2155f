import { basketKey } from './basket-key';

const keyOf = (...lines: [string, number][]) =>
  basketKey(lines.map(([sku, quantity]) => ({ sku, quantity })));

describe('the key of a basket', () => {
  it('is the same for the same lines', () => {
    expect(keyOf(['A', 1], ['B', 2])).toBe(keyOf(['A', 1], ['B', 2]));
  });

  it.each([
    ['another quantity', keyOf(['A', 1]), keyOf(['A', 2])],
    ['another SKU', keyOf(['A', 1]), keyOf(['B', 1])],
    ['one line more', keyOf(['A', 1]), keyOf(['A', 1], ['A', 1])],
    ['a SKU that looks like a line', keyOf(['A1:1:B', 1]), keyOf(['A', 1], ['B', 1])],
    ['digits on the border', keyOf(['A', 1], ['B', 12]), keyOf(['A1', 1], ['B', 2])],
  ])('differs with %s', (_, one, other) => {
    expect(one).not.toBe(other);
  });
});
