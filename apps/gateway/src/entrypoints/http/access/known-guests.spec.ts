import { JwtService } from '@nestjs/jwt';
import { Runtime, sameUrl } from '@holdfast/config';
import { SystemClock } from '@holdfast/kernel';
import { heapGrowth } from '@holdfast/testing';
import { SECRETS } from '../../../../../../test/support/fake-edge';
import { KNOWN_GUESTS_BOUNDS, KnownGuests } from './known-guests';
import { Tokens } from './tokens';
import { VerifiedCache } from './verified-cache';

const TOKEN_LENGTH_MAX = 1_024;

describe('the tokens that were verified', () => {
  it('take no more bytes than stated, however many good ones come, and remember the latest', () => {
    const tokens = new Tokens(new JwtService({}), new SystemClock(), new Runtime(sameUrl(''), SECRETS));
    const sample = tokens.access(tokens.newCustomerId());
    const guests = new KnownGuests(new SystemClock());
    // As long as a token of ours, each a string of its own; signing so many would take a minute.
    const tokenOf = (n: number) => Buffer.from(`${n}`.padEnd(sample.length, 'x')).toString('latin1');
    const guestOf = (n: number) => ({
      kind: 'shopper' as const,
      customerId: `cus_${n}`.padEnd(30, '0'),
      expiresAtMs: Infinity,
    });
    const grown = heapGrowth(() => {
      for (let n = 0; n < 120_000; n += 1) guests.verified(tokenOf(n), guestOf(n));
      return guests;
    });
    expect(guests.bytes).toBeLessThanOrEqual(KNOWN_GUESTS_BOUNDS.bytesMax);
    expect(grown).toBeLessThanOrEqual(KNOWN_GUESTS_BOUNDS.bytesMax);
    expect(guests.size).toBeGreaterThan(40_000);
    expect(guests.find(tokenOf(119_999))).toBeDefined();
    expect(guests.find(tokenOf(0))).toBeUndefined();
  });

  it('take no more bytes than stated when each is as long as may be', () => {
    const cache = new VerifiedCache<{ expiresAtMs: number }>(KNOWN_GUESTS_BOUNDS);
    const grown = heapGrowth(() => {
      for (let n = 0; n < 60_000; n += 1)
        cache.set(Buffer.from(`${n}`.padEnd(TOKEN_LENGTH_MAX, 'x')).toString('latin1'), {
          expiresAtMs: Infinity,
        });
      return cache;
    });
    expect(grown).toBeLessThanOrEqual(KNOWN_GUESTS_BOUNDS.bytesMax);
  });

  it('are forgotten when they end, with their bytes', () => {
    const cache = new VerifiedCache({ entriesMax: 2, bytesMax: 10_000 });
    cache.set('a', { expiresAtMs: 1_000 });
    cache.set('a', { expiresAtMs: 1_000 });
    expect([cache.size, cache.get('a', 999)]).toEqual([1, { expiresAtMs: 1_000 }]);
    expect(cache.get('a', 1_000)).toBeUndefined();
    expect([cache.size, cache.bytes]).toEqual([0, 0]);
    cache.set('x'.repeat(20_000), { expiresAtMs: 1_000 });
    expect(cache.size).toBe(0);
  });
});
