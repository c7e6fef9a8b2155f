import { handlesOf } from './product-handle';

const first = (name: string) => [...handlesOf(name, () => 'chance')][0];

describe('the handle of a new product', () => {
  it.each([
    ['Harbour Tee', 'harbour-tee'],
    ['  Crème brûlée – 250 g! ', 'creme-brulee-250-g'],
    ['北海道 パーカー', '北海道-パーカー'],
    ['한글 티셔츠', '한글-티셔츠'],
    ['!!!', 'product'],
    ['a'.repeat(300), 'a'.repeat(80)],
    ['𝒜'.repeat(300), 'a'.repeat(80)],
  ])('of %s is %s', (name, handle) => {
    expect(first(name)).toBe(handle);
  });

  it('is another one for each further product of the name, and in the end a random one', () => {
    const all = [...handlesOf('Tee', () => 'chance')];
    expect(all.slice(0, 3)).toEqual(['tee', 'tee-2', 'tee-3']);
    expect(new Set(all).size).toBe(all.length);
    expect(all.at(-1)).toBe('tee-chance');
  });
});
