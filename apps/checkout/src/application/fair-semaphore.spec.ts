import type { Share } from './fair-queue';
import { FairSemaphore } from './fair-semaphore';

const LIMITS = { permits: 2, permitMs: 10_000, waitMs: 10_000, waiting: 3, waitingOfCustomer: 3 };
const A = { address: '203.0.113.7', customerId: 'cus_a' };
const B = { address: '198.51.100.1', customerId: 'cus_b' };

describe('the fair semaphore before payments', () => {
  it('lets as many in as it has permits, and the next when one is released, in order', async () => {
    const semaphore = new FairSemaphore(LIMITS);
    const entered: string[] = [];
    const enter = async (name: string) => {
      const release = await semaphore.acquire(A);
      entered.push(name);
      return release;
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

  it('counts a permit once, however often it is released', async () => {
    const semaphore = new FairSemaphore({ ...LIMITS, permits: 1, waiting: 0 });
    const release = await semaphore.acquire(A);
    release?.();
    release?.();
    expect(await semaphore.acquire(A)).not.toBeNull();
    expect(await semaphore.acquire(A)).toBeNull();
  });

  it('passes the permit of a holder that hangs to the next', async () => {
    const semaphore = new FairSemaphore({ ...LIMITS, permits: 1, permitMs: 10 });
    await semaphore.acquire(A);
    expect(await semaphore.acquire(A)).not.toBeNull();
  });

  it('turns away who waits too long, and who finds too many waiting', async () => {
    const semaphore = new FairSemaphore({ ...LIMITS, permits: 1, waitMs: 20, waiting: 1 });
    const release = await semaphore.acquire(A);
    const waits = semaphore.acquire(A);
    expect(await semaphore.acquire(A)).toBeNull();
    expect(await waits).toBeNull();
    release?.();
    expect(await semaphore.acquire(A)).not.toBeNull();
  });

  describe('serves those who wait in turns', () => {
    const FULL = { ...LIMITS, permits: 1, waiting: 100, waitingOfCustomer: 100 };
    const sharesOf = (address: string | null, customerId: string) => ({ address, customerId });

    /** All wait for the only permit; returns in which order they get it, each releasing it at once. */
    async function orderOf(names: string[], shareOf: (name: string) => Share): Promise<string[]> {
      const semaphore = new FairSemaphore(FULL);
      const first = await semaphore.acquire(sharesOf('first', 'first'));
      const served: string[] = [];
      const all = names.map(async (name) => {
        const release = await semaphore.acquire(shareOf(name));
        served.push(name);
        release?.();
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
    const semaphore = new FairSemaphore({ ...LIMITS, permits: 1 });
    const release = await semaphore.acquire(A);
    const waits = [semaphore.acquire(A), semaphore.acquire(A), semaphore.acquire(A)];
    expect(await semaphore.acquire(A)).toBeNull();
    const newcomer = semaphore.acquire(B);
    expect(await waits[2]).toBeNull();
    release?.();
    (await waits[0])?.();
    (await newcomer)?.();
    (await waits[1])?.();
    (await semaphore.acquire(A))?.();
  });

  it('turns away a customer who waits too often', async () => {
    const semaphore = new FairSemaphore({ ...LIMITS, permits: 1, waitingOfCustomer: 1 });
    const release = await semaphore.acquire(A);
    const waits = semaphore.acquire(A);
    expect(await semaphore.acquire(A)).toBeNull();
    const other = semaphore.acquire({ ...A, customerId: 'cus_other' });
    release?.();
    (await waits)?.();
    (await other)?.();
  });
});
