import { type Network, networkName, ServiceUnavailable } from '@holdfast/contracts';
import { TestClock, waitFor } from '@holdfast/testing';
import type { GateSale } from '../../apps/inventory/src/application/ports/gate-source.port';
import type { Gate } from '../../apps/inventory/src/application/ports/gate.port';
import type { LaneNews, UnitsOnOffer } from '../../apps/inventory/src/application/ports/ledger.port';
import { askGate, type GateAnswer, withdraw } from '../support/ask-gate';

/** What the suite controls around a gate: the clock, and what the ledger would answer. */
export interface GateWorld {
  clock: TestClock;
  /** A drop of its own for each test. */
  dropId: string;
  /** Customers who have or had units in the ledger; null when it does not answer or there are too many. */
  customers: string[] | null;
  sale: GateSale;
}

let version = 1;
/** Rows of the ledger, each newer than all before. */
export function unitsOf(units: Record<string, number>): Map<string, UnitsOnOffer> {
  version += 1;
  return new Map(Object.entries(units).map(([sku, left]) => [sku, { units: left, epoch: 1, version }]));
}

export function newWorld(dropId: string): GateWorld {
  return {
    clock: new TestClock(1_000_000),
    dropId,
    customers: ['cus_known'],
    sale: {
      open: true,
      opensInMs: null,
      closesInMs: null,
      perCustomerLimit: 4,
      available: unitsOf({ A: 0, B: 5 }),
    },
  };
}

export interface Wish {
  lines?: { sku: string; quantity: number }[];
  customerId?: string;
  holdId?: string;
  dropId?: string;
  network?: Network | null;
}

/** A gate with the words in which the suites speak to it. */
export class GateUnderTest {
  private asked = 0;

  constructor(
    readonly gate: Gate,
    readonly world: GateWorld,
  ) {}

  query({ lines, customerId = 'cus_new', holdId, dropId = this.world.dropId, network = null }: Wish = {}) {
    const id = holdId ?? `h${(this.asked += 1)}`;
    return { dropId, customerId, network, lines: lines ?? [{ sku: 'A', quantity: 1 }], holdId: () => id };
  }

  ask(wish: Wish = {}): Promise<GateAnswer> {
    return askGate(this.gate, this.query(wish));
  }

  withdraw(wish: Wish): Promise<void> {
    return withdraw(this.gate, this.query(wish));
  }

  /** A batch of the ledger tells how the drop stands now, in whole or with a change. */
  learn(change: Partial<LaneNews> = {}): void {
    const { dropId, sale } = this.world;
    const { open, closesInMs, perCustomerLimit, available } = sale;
    const all = { dropId, open, closesInMs, perCustomerLimit, available, customers: [], decided: [] };
    this.gate.learn({ ...all, ...change });
  }

  /** The first news make the gate look up the customers; from then on it can be sure. */
  async soldOut(): Promise<void> {
    this.learn();
    await waitFor('the gate to be sure', async () =>
      Array.isArray(await this.ask({ customerId: 'cus_first' })),
    );
  }
}

/** One suite for every gate: it may only refuse what the ledger would surely refuse as sold out. */
export function gateContract(name: string, make: (world: GateWorld) => Gate): void {
  let drops = 0;

  describe(`${name} as a gate`, () => {
    let world: GateWorld;
    let it_: GateUnderTest;
    const ask = (wish?: Wish) => it_.ask(wish);

    beforeEach(() => {
      drops += 1;
      world = newWorld(`d${process.pid}x${drops}`);
      it_ = new GateUnderTest(make(world), world);
    });

    it('refuses nobody at first, when it knows nothing', async () => {
      expect(['ask', 'wait']).toContain(await ask());
    });

    it('goes to the ledger once, and answers as it does or fails as it does', async () => {
      const { gate } = it_;
      await it_.soldOut();
      let times = 0;
      const wish = { customerId: 'cus_first', lines: [{ sku: 'B', quantity: 1 }] };
      const answer = { kind: 'unknown-sku' as const, lineIndexes: [0] };
      const toLedger = () => {
        times += 1;
        return Promise.resolve(answer);
      };
      expect(await gate.place(it_.query(wish), toLedger)).toBe(answer);
      const lost = () => Promise.reject(new ServiceUnavailable('lost'));
      await expect(gate.place(it_.query({ customerId: 'cus_known' }), lost)).rejects.toThrow('lost');
      expect(await gate.place(it_.query(), toLedger)).toMatchObject({ kind: 'refused', reason: 'sold-out' });
      expect(times).toBe(1);
    });

    it('refuses a newcomer what is sold out, and names every short line', async () => {
      await it_.soldOut();
      expect(await ask()).toEqual([0]);
      const lines = [
        { sku: 'B', quantity: 1 },
        { sku: 'A', quantity: 2 },
      ];
      expect(await ask({ lines })).toEqual([1]);
    });

    it('never stands in the way of units that are there', async () => {
      await it_.soldOut();
      expect(await ask({ lines: [{ sku: 'B', quantity: 4 }] })).toBe('ask');
      it_.learn({ available: unitsOf({ A: 1 }) });
      expect(await ask({ lines: [{ sku: 'A', quantity: 2 }], customerId: 'cus_greedy' })).toEqual([0]);
      expect(await ask({ customerId: 'cus_modest' })).toBe('ask');
    });

    it('asks the ledger about everybody who may have a hold: it could be a replay or the limit', async () => {
      await it_.soldOut();
      expect(await ask({ customerId: 'cus_known' })).toBe('ask');
      it_.learn({ customers: ['cus_served'] });
      expect(await ask({ customerId: 'cus_served' })).toBe('ask');
    });

    it('asks the ledger where another refusal comes first', async () => {
      await it_.soldOut();
      expect(await ask({ lines: [{ sku: 'A', quantity: 5 }] })).toBe('ask'); // limit
      const unknown = [
        { sku: 'A', quantity: 1 },
        { sku: 'nope', quantity: 1 },
      ];
      expect(await ask({ lines: unknown })).toBe('ask'); // unknown SKU
      it_.learn({ open: false });
      expect(await ask()).toBe('ask'); // paused or closed
    });

    it('asks the ledger about a network near its limit, which comes before "sold out"', async () => {
      world.customers = ['cus_known', networkName(7)];
      await it_.soldOut();
      it_.learn({ customers: [networkName(8)] });
      for (const network of [
        { id: 7, blockId: null },
        { id: 8, blockId: null },
        { id: 9, blockId: 8 },
      ])
        expect(await ask({ network })).toBe('ask');
      expect(await ask({ network: { id: 9, blockId: 10 } })).toEqual([0]);
      expect((await it_.gate.shortageOf(world.dropId))!.customers).toEqual(
        expect.arrayContaining([networkName(7), networkName(8)]),
      );
    });

    it('knows nothing of another drop', async () => {
      await it_.soldOut();
      expect(['ask', 'wait']).toContain(await ask({ dropId: `${world.dropId}other` }));
    });

    it('asks the ledger again when the drop may have closed by time', async () => {
      world.sale.closesInMs = 100;
      await it_.soldOut();
      world.clock.advance(100);
      expect(await ask()).toBe('ask');
    });

    it('asks the ledger again after a second at the latest', async () => {
      await it_.soldOut();
      world.clock.advance(1_001);
      expect(await ask()).toBe('ask');
      it_.learn();
      expect(await ask({ customerId: 'cus_next' })).toEqual([0]);
    });

    it('asks the ledger again in time though the wall clock was set back', async () => {
      await it_.soldOut();
      world.clock.setByMs -= 3_600_000;
      world.clock.advance(1_001);
      expect(await ask()).toBe('ask');
    });

    it('is never sure while it cannot know the customers', async () => {
      world.customers = null;
      it_.learn();
      await ask();
      await waitFor('the gate to give up', async () => (await ask()) === 'ask');
      it_.learn();
      expect(await ask()).toBe('ask');
      expect(await it_.gate.shortageOf(world.dropId)).toBeNull();
    });

    it('certifies what is gone, with everybody who must not be refused by it', async () => {
      world.sale.closesInMs = 60_000;
      await it_.soldOut();
      it_.learn({ customers: ['cus_served'] });
      const shortage = await it_.gate.shortageOf(world.dropId);
      expect(shortage).toMatchObject({ dropId: world.dropId, perCustomerLimit: 4, openForMs: 60_000 });
      expect(shortage!.available).toContainEqual({ sku: 'A', units: 0 });
      expect(shortage!.customers).toEqual(expect.arrayContaining(['cus_known', 'cus_served']));
      expect(shortage!.customers).not.toContain('cus_first');
      it_.learn({ open: false });
      expect((await it_.gate.shortageOf(world.dropId))?.openForMs ?? 0).toBe(0);
    });
  });
}
