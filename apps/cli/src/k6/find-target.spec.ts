import { isSame } from './find-target';

describe('the product at an address is that of the data folder', () => {
  it.each([
    ['http://127.0.0.1:3000', 'http://127.0.0.1:3000', true],
    ['http://localhost:3000', 'http://127.0.0.1:3000', true],
    ['http://[::1]:3000', 'http://127.0.0.1:3000', true],
    ['http://192.0.2.1:3000', 'http://192.0.2.1:3000', true],
    ['http://127.0.0.1:3001', 'http://127.0.0.1:3000', false],
    ['http://shop.example:3000', 'http://127.0.0.1:3000', false],
    ['http://127.0.0.1:3000', 'http://192.0.2.1:3000', false],
  ])('%s and %s: %p', (named, written, same) => {
    expect(isSame(named, written)).toBe(same);
  });
});
