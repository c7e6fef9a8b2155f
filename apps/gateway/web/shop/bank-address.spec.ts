import { bankAddress } from './bank-address';

const here = 'http://localhost:3000/d/d1234567';

describe('the way to the bank', () => {
  it.each([
    ['http://127.0.0.1:3000/sandbox/3ds/ch_1', '/sandbox/3ds/ch_1'],
    ['/sandbox/3ds/ch_1?a=1', '/sandbox/3ds/ch_1?a=1'],
    ['https://bank.example/3ds?x=1', 'https://bank.example/3ds?x=1'],
    ['javascript:alert(1)', undefined],
    ['http://', undefined],
    [undefined, undefined],
  ])('%s leads to %s', (url, address) => {
    expect(bankAddress(url, here)).toBe(address);
  });
});
