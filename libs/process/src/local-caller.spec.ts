import { isLocalCaller } from './local-caller';

const ask = (host: string | undefined, more: Record<string, string> = {}, remoteAddress = '127.0.0.1') => ({
  socket: { remoteAddress },
  headers: { ...(host === undefined ? {} : { host }), ...more },
});

describe('a caller on this machine', () => {
  it.each([
    'localhost',
    'LOCALHOST:3000',
    '127.0.0.1',
    '127.0.0.1:3000',
    '127.9.0.2:1',
    '[::1]',
    '[::1]:3000',
    'shop.lan:3000',
  ])('is known by a Host of %s', (host) => {
    expect(isLocalCaller(ask(host), 'shop.lan')).toBe(true);
    expect(isLocalCaller(ask(host, {}, '::ffff:127.0.0.1'), 'shop.lan')).toBe(true);
  });

  it.each([
    undefined,
    '',
    'evil.example',
    'evil.example:3000',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'localhost@evil.example',
    '10.0.0.1',
    '[::1].evil',
    '0.0.0.0:3000',
    '[::]',
  ])('is nobody with a Host of %s', (host) => {
    expect(isLocalCaller(ask(host), '127.0.0.1')).toBe(false);
    expect(isLocalCaller(ask(host), '0.0.0.0')).toBe(false);
  });

  it.each(['forwarded', 'x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-whatever', 'x-real-ip', 'via'])(
    'is nobody behind a proxy that sends %s',
    (name) => {
      expect(isLocalCaller(ask('127.0.0.1:3000', { [name]: '127.0.0.1' }), '127.0.0.1')).toBe(false);
    },
  );

  it('has an address of this machine', () => {
    expect(isLocalCaller(ask('127.0.0.1:3000', {}, '10.0.0.7'), '127.0.0.1')).toBe(false);
  });
});
