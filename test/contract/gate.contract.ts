import { Clock } from '@holdfast/kernel';
import { waitFor } from '@holdfast/testing';
import type { Gate } from '../../apps/inventory/src/application/ports/gate.port';
import type { LaneNews } from '../../apps/inventory/src/application/ports/ledger.port';

/** What the suite controls around a gate. */
export interface GateWorld {
  clock: TestClock;
  /** Customers who have or had units in the ledger; null when it does not answer or there are too many. */
  customers: string[] | null;
}

export class TestClock extends Clock {
  private ms = 1_000_000;
  private setByMs = 0;
  now(): number {
    return this.ms + this.setByMs;
  }
  override monotonicMs(): number {
    return this.ms;
  }
  /** What an operator or a time server does to the wall clock. */
  set(byMs: number): void {
    this.setByMs += byMs;
  }
  advance(ms: number): void {
    this.ms += ms;
  }
}

const news = (change: Partial<LaneNews> = {}): LaneNews => ({
  dropId: 'd1',
  open: true,
  closesInMs: null,
  perCustomerLimit: 4,
  available: new Map([
    ['A', 0],
    ['B', 5],
  ]),
  customers: [],
  ...change,
});

/** One suite for every gate: it may only refuse what the ledger would surely refuse as sold out. */
export function gateContract(name: string, make: (world: GateWorld) => Gate): void {
  describe(`${name} as a gate`, () => {
    let world: GateWorld;
    let gate: Gate;

    beforeEach(() => {
      world = { clock: new TestClock(), customers: ['cus_known'] };
      gate = make(world);
    });

    const ask = async (lines = [{ sku: 'A', quantity: 1 }], customerId = 'cus_new', dropId = 'd1') =>
      gate.surelyShort({ dropId, customerId, lines });

    /** The first news make the gate look up the customers; from then on it can be sure. */
    const soldOut = async () => {
      gate.learn(news());
      await waitFor('the gate to know the customers', async () => (await ask()) !== null);
    };

    it('knows nothing at first, and says so', async () => {
      expect(await ask()).toBeNull();
    });

    it('refuses a newcomer what is sold out, and names every short line', async () => {
      await soldOut();
      expect(await ask()).toEqual([0]);
      const lines = [
        { sku: 'B', quantity: 1 },
        { sku: 'A', quantity: 2 },
      ];
      expect(await ask(lines)).toEqual([1]);
    });

    it('never stands in the way of units that are there', async () => {
      await soldOut();
      expect(await ask([{ sku: 'B', quantity: 4 }])).toBeNull();
      gate.learn(news({ available: new Map([['A', 1]]) }));
      expect(await ask()).toBeNull();
      expect(await ask([{ sku: 'A', quantity: 2 }])).toEqual([0]);
    });

    it('asks the ledger about everybody who may have a hold: it could be a replay or the limit', async () => {
      await soldOut();
      expect(await ask(undefined, 'cus_known')).toBeNull();
      gate.learn(news({ customers: ['cus_served'] }));
      expect(await ask(undefined, 'cus_served')).toBeNull();
    });

    it('asks the ledger where another refusal comes first', async () => {
      await soldOut();
      expect(await ask([{ sku: 'A', quantity: 5 }])).toBeNull(); // limit
      expect(
        await ask([
          { sku: 'A', quantity: 1 },
          { sku: 'nope', quantity: 1 },
        ]),
      ).toBeNull(); // unknown SKU
      expect(await ask(undefined, 'cus_new', 'd2')).toBeNull(); // another drop
      gate.learn(news({ open: false }));
      expect(await ask()).toBeNull(); // paused or closed
    });

    it('asks the ledger again when the drop may have closed by time', async () => {
      gate.learn(news({ closesInMs: 100 }));
      await waitFor('the gate to know the customers', async () => (await ask()) !== null);
      world.clock.advance(100);
      expect(await ask()).toBeNull();
    });

    it('asks the ledger again after a second at the latest', async () => {
      await soldOut();
      world.clock.advance(1_001);
      expect(await ask()).toBeNull();
      gate.learn(news());
      expect(await ask()).toEqual([0]);
    });

    it('asks the ledger again in time though the wall clock was set back', async () => {
      await soldOut();
      world.clock.set(-3_600_000);
      world.clock.advance(1_001);
      expect(await ask()).toBeNull();
    });

    it('trusts nothing after a batch whose outcome is unknown', async () => {
      await soldOut();
      gate.doubt('d1');
      gate.learn(news());
      expect(await ask()).toBeNull();
    });

    it('is never sure while it cannot know the customers', async () => {
      world.customers = null;
      gate.learn(news());
      await new Promise((resolve) => setImmediate(resolve));
      gate.learn(news());
      expect(await ask()).toBeNull();
    });
  });
}
