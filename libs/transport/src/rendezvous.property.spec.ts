import fc from 'fast-check';
import { newDropId } from '@holdfast/kernel';
import { Rendezvous, rendezvous } from './rendezvous';

const names = fc.uniqueArray(
  fc
    .tuple(fc.nat({ max: 255 }), fc.integer({ min: 1, max: 65_535 }))
    .map(([n, port]) => `10.0.0.${n}:${port}`),
  { minLength: 1, maxLength: 12 },
);
const keys = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 100 });

describe('the home of a drop', () => {
  it('is the same in every process, in whatever order the peers are listed', () => {
    fc.assert(
      fc.property(names, keys, (peers, drops) => {
        const backwards = [...peers].reverse();
        for (const drop of drops) expect(rendezvous(drop, peers)).toBe(rendezvous(drop, backwards));
      }),
    );
  });

  it('moves only what was at the peer that leaves, to the next of its order', () => {
    fc.assert(
      fc.property(names, keys, fc.nat(), (peers, drops, n) => {
        const gone = peers[n % peers.length]!;
        const rest = peers.filter((peer) => peer !== gone);
        const before = new Rendezvous(peers, (peer) => peer);
        for (const drop of drops) {
          const order = before.order(drop);
          expect([...order].sort()).toEqual([...peers].sort());
          expect(rendezvous(drop, rest)).toBe(order.find((peer) => peer !== gone));
          expect(before.find(drop, (peer) => peer !== gone)).toBe(order.find((peer) => peer !== gone));
        }
      }),
    );
  });

  it.each([2, 3, 5])('spreads drops evenly over %i instances that differ in one digit', (count) => {
    const peers = Array.from({ length: count }, (_, i) => `127.0.0.1:400${i}`);
    const share = new Map(peers.map((peer) => [peer, 0]));
    const drops = 20_000;
    for (let i = 0; i < drops; i += 1) {
      const home = rendezvous(newDropId(), peers)!;
      share.set(home, share.get(home)! + 1);
    }
    // Six standard deviations of a fair draw: once in 10^8.
    const expected = drops / count;
    const bound = 6 * Math.sqrt(drops * (1 / count) * (1 - 1 / count));
    for (const got of share.values()) expect(Math.abs(got - expected)).toBeLessThan(bound);
  });

  it('spreads drops whose ids differ in one digit, too', () => {
    const peers = ['127.0.0.1:4001', '127.0.0.1:4002'];
    const homes = Array.from({ length: 1_000 }, (_, i) => rendezvous(`d${1_000_000 + i}`, peers));
    const first = homes.filter((home) => home === peers[0]).length;
    expect(first).toBeGreaterThan(420);
    expect(first).toBeLessThan(580);
  });

  it('is nowhere without peers', () => {
    expect(rendezvous('d1234567', [])).toBeUndefined();
  });
});
