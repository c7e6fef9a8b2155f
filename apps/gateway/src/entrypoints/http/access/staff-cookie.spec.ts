import type { FastifyRequest } from 'fastify';
import type { AppConfig } from '@holdfast/config';
import { isSameOrigin, readStaffCookie, staffCookie } from './staff-cookie';

const HERE = { publicAddress: null, proxyHops: 0 } as AppConfig;
const SHOP = { publicAddress: 'https://shop.example', proxyHops: 1 } as AppConfig;
const asked = (headers: Record<string, string>) =>
  ({ headers, protocol: 'http' }) as unknown as FastifyRequest;

describe('the cookie of staff', () => {
  it.each([
    ['127.0.0.1:3000', HERE, 'holdfast-staff=t; Path=/v1/auth; Max-Age=60; HttpOnly; SameSite=Strict'],
    ['localhost:3000', HERE, 'holdfast-staff=t; Path=/v1/auth; Max-Age=60; HttpOnly; SameSite=Strict'],
    ['[::1]:3000', HERE, 'holdfast-staff=t; Path=/v1/auth; Max-Age=60; HttpOnly; SameSite=Strict'],
    [
      '192.168.1.5:3000',
      HERE,
      '__Secure-holdfast-staff=t; Path=/v1/auth; Max-Age=60; HttpOnly; Secure; SameSite=Strict',
    ],
    [
      'shop.example',
      SHOP,
      '__Secure-holdfast-staff=t; Path=/v1/auth; Max-Age=60; HttpOnly; Secure; SameSite=Strict',
    ],
    [
      '127.0.0.1:3000',
      SHOP,
      '__Secure-holdfast-staff=t; Path=/v1/auth; Max-Age=60; HttpOnly; Secure; SameSite=Strict',
    ],
  ])('at %s', (host, config, cookie) => {
    expect(staffCookie('t', 60, asked({ host }), config)).toBe(cookie);
  });

  it('is read by the name that this origin gives, and by no other', () => {
    const cookie = 'a=1; holdfast-staff=plain; __Secure-holdfast-staff=secure';
    expect(readStaffCookie(asked({ host: 'localhost', cookie }), HERE)).toBe('plain');
    expect(readStaffCookie(asked({ host: 'shop.example', cookie }), SHOP)).toBe('secure');
    expect(
      readStaffCookie(asked({ host: 'shop.example', cookie: 'holdfast-staff=x' }), SHOP),
    ).toBeUndefined();
  });
});

describe('the same origin', () => {
  it.each<[string | undefined, string, AppConfig, boolean]>([
    ['http://localhost:3000', 'localhost:3000', HERE, true],
    ['http://localhost:3001', 'localhost:3000', HERE, false],
    ['http://localhost:3001', 'localhost', HERE, false],
    ['http://evil.example', 'localhost:3000', HERE, false],
    ['null', 'localhost:3000', HERE, false],
    ['', 'localhost:3000', HERE, false],
    [undefined, 'localhost:3000', HERE, false],
    ['https://shop.example', 'shop.example', SHOP, true],
    ['http://shop.example', 'shop.example', SHOP, false],
    ['https://shop.example.evil.example', 'shop.example', SHOP, false],
    ['https://evil.example', 'evil.example', SHOP, false],
  ])('%s at %s', (origin, host, config, same) => {
    expect(isSameOrigin(asked(origin === undefined ? { host } : { host, origin }), config)).toBe(same);
  });
});
