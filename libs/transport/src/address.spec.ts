import { parseAddress } from './address';

describe('address of a service', () => {
  it.each([
    ['127.0.0.1:4001', { host: '127.0.0.1', port: 4001 }],
    ['inventory-1.shop:4001', { host: 'inventory-1.shop', port: 4001 }],
    ['[::1]:0', { host: '::1', port: 0 }],
    [' localhost:80 ', { host: 'localhost', port: 80 }],
  ])('reads %s', (text, address) => expect(parseAddress(text)).toEqual(address));

  it.each([
    '',
    'localhost',
    ':80',
    'localhost:',
    'localhost:65536',
    '::1:80',
    'http://localhost:80',
    'a b:80',
  ])('refuses %j', (text) => expect(() => parseAddress(text)).toThrow('not an address'));
});
