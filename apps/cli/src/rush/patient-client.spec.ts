import { localAddresses } from './patient-client';

describe('a rush', () => {
  it('comes from as many addresses as its connections need, where this machine has them', () => {
    expect(localAddresses('http://127.0.0.1:3000', 1)).toEqual([null]);
    expect(localAddresses('http://shop.example', 3)).toEqual([null]);
    const many = process.platform === 'linux' ? ['127.0.0.1', '127.0.0.2', '127.0.0.3'] : [null];
    expect(localAddresses('http://127.0.0.1:3000', 3)).toEqual(many);
  });
});
