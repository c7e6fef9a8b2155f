import type { Share } from './fair-queue';
import { Turnstile } from './turnstile';

const LIMITS = { places: 2, placeMs: 10_000, waitMs: 10_000, waiting: 3, waitingOfCustomer: 3 };
const A = { address: '203.0.113.7', customerId: 'cus_a' };
const B = { address: '198.51.100.1', customerId: 'cus_b' };

describe('the turnstile before payments', () => {
  it('lets as many in as it has places, and the next when one leaves, in order', async () => {
    const turnstile = new Turnstile(LIMITS);
    const entered: string[] = [];
    const enter = async (name: string) => {
      const leave = await turnstile.enter(A);
      entered.push(name);
      return leave;
    };
    const [a, b] = [await enter('a'), await enter('b')];
    const [c, d] = [enter('c'), enter('d')];
    expect(entered).toEqual(['a', 'b']);
    a?.();
    (await c)?.();
    await d;
    expect(entered).toEqual(['a', 'b', 'c', 'd']);
    b?.();
  });

  it('counts a place once, however often its holder leaves', async () => {
    const turnstile = new Turnstile({ ...LIMITS, places: 1, waiting: 0 });
    const leave = await turnstile.enter(A);
    leave?.();
    leave?.();
    expect(await turnstile.enter(A)).not.toBeNull();
    expect(await turnstile.enter(A)).toBeNull();
  });

  it('gives the place of somebody who hangs to the next', async () => {
    const turnstile = new Turnstile({ ...LIMITS, places: 1, placeMs: 10 });
    await turnstile.enter(A);
    expect(await turnstile.enter(A)).not.toBeNull();
  });

  it('turns away who waits too long, and who finds too many waiting', async () => {
    const turnstile = new Turnstile({ ...LIMITS, places: 1, waitMs: 20, waiting: 1 });
    const leave = await turnstile.enter(A);
    const waits = turnstile.enter(A);
    expect(await turnstile.enter(A)).toBeNull();
    expect(await waits).toBeNull();
    leave?.();
    expect(await turnstile.enter(A)).not.toBeNull();
  });

  describe('serves those who wait in turns', () => {
    const FULL = { ...LIMITS, places: 1, waiting: 100, waitingOfCustomer: 100 };
    const sharesOf = (address: string | null, customerId: string) => ({ address, customerId });

    /** All wait for the only place; returns in which order they get it, each leaving at once. */
    async function orderOf(names: string[], shareOf: (name: string) => Share): Promise<string[]> {
      const turnstile = new Turnstile(FULL);
      const first = await turnstile.enter(sharesOf('first', 'first'));
      const served: string[] = [];
      const all = names.map(async (name) => {
        const leave = await turnstile.enter(shareOf(name));
        served.push(name);
        leave?.();
      });
      first?.();
      await Promise.all(all);
      return served;
    }

    it('of addresses: somebody else is next, however many one address has sent', async () => {
      const served = await orderOf(['a1', 'a2', 'a3', 'a4', 'b1', 'c1', 'b2'], (name) =>
        sharesOf(name[0]!, `cus_${name}`),
      );
      expect(served).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3', 'a4']);
    });

    it('of customers behind one address', async () => {
      const served = await orderOf(['a1', 'a2', 'a3', 'b1'], (name) => sharesOf('shared', name[0]!));
      expect(served).toEqual(['a1', 'b1', 'a2', 'a3']);
    });

    it('of customers where addresses are not told apart', async () => {
      const served = await orderOf(['a1', 'a2', 'a3', 'b1'], (name) => sharesOf(null, name[0]!));
      expect(served).toEqual(['a1', 'b1', 'a2', 'a3']);
    });
  });

  it('lets a newcomer in by turning away one of the address with the most', async () => {
    const turnstile = new Turnstile({ ...LIMITS, places: 1 });
    const leave = await turnstile.enter(A);
    const waits = [turnstile.enter(A), turnstile.enter(A), turnstile.enter(A)];
    expect(await turnstile.enter(A)).toBeNull();
    const newcomer = turnstile.enter(B);
    expect(await waits[2]).toBeNull();
    leave?.();
    (await waits[0])?.();
    (await newcomer)?.();
    (await waits[1])?.();
    (await turnstile.enter(A))?.();
  });

  it('turns away a customer who waits too often', async () => {
    const turnstile = new Turnstile({ ...LIMITS, places: 1, waitingOfCustomer: 1 });
    const leave = await turnstile.enter(A);
    const waits = turnstile.enter(A);
    expect(await turnstile.enter(A)).toBeNull();
    const other = turnstile.enter({ ...A, customerId: 'cus_other' });
    leave?.();
    (await waits)?.();
    (await other)?.();
  });
});
