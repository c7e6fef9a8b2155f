import { MemoryGate } from '../../apps/inventory/src/adapters/memory/gate';
import { NoGate } from '../../apps/inventory/src/adapters/memory/no-gate';
import { gateContract, GateUnderTest, newWorld } from './gate.contract';

gateContract('the gate in memory', (world) => new MemoryGate(world.clock, async () => world.customers));

it('lets everybody go to the ledger when there is no gate', async () => {
  const it_ = new GateUnderTest(new NoGate(), newWorld('d1'));
  it_.learn();
  expect([await it_.ask(), await it_.gate.shortageOf('d1')]).toEqual(['ask', null]);
});

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('the gate in memory while it loads the customers', () => {
  it('misses nobody who is served meanwhile', async () => {
    let loaded: (customers: string[]) => void = () => undefined;
    const world = newWorld('d1');
    const load = () => new Promise<string[]>((resolve) => (loaded = resolve));
    const it_ = new GateUnderTest(new MemoryGate(world.clock, load), world);
    it_.learn();
    it_.learn({ customers: ['cus_meanwhile'] });
    expect(await it_.ask()).toBe('ask');
    loaded(['cus_before']);
    await turn();
    expect(await it_.ask()).toEqual([0]);
    expect(await it_.ask({ customerId: 'cus_meanwhile' })).toBe('ask');
    expect(await it_.ask({ customerId: 'cus_before' })).toBe('ask');
  });
});

describe('the gate in memory after a batch whose outcome is unknown', () => {
  it('trusts nothing', async () => {
    const world = newWorld('d1');
    const it_ = new GateUnderTest(new MemoryGate(world.clock, async () => world.customers), world);
    await it_.soldOut();
    it_.gate.doubt('d1');
    it_.learn();
    await turn();
    expect(await it_.ask()).toBe('ask');
  });
});

describe('what the gate in memory keeps of customers', () => {
  function setup(customersMax?: number) {
    const world = newWorld('d1');
    let loads = 0;
    const load = () => {
      loads += 1;
      return Promise.resolve(['cus_1', 'cus_2']);
    };
    const it_ = new GateUnderTest(new MemoryGate(world.clock, load, customersMax), world);
    const isSure = async () => Array.isArray(await it_.ask());
    return { clock: world.clock, it_, isSure, loads: () => loads };
  }

  it('lets them go when later ones are too many, and does not load them again at once', async () => {
    const { clock, it_, isSure, loads } = setup(3);
    it_.learn();
    await turn();
    it_.learn({ customers: ['cus_3'] });
    expect(await isSure()).toBe(true);
    it_.learn({ customers: ['cus_4'] });
    it_.learn();
    await turn();
    expect({ sure: await isSure(), loads: loads() }).toEqual({ sure: false, loads: 1 });
    clock.advance(10_000);
    it_.learn();
    expect(loads()).toBe(2);
  });

  it('counts those who came in while the others were being loaded', async () => {
    const { it_, isSure } = setup(3);
    it_.learn();
    it_.learn({ customers: ['cus_3', 'cus_4'] });
    await turn();
    expect(await isSure()).toBe(false);
  });

  it('lets them go when the drop is not open, and loads them when it is again', async () => {
    const { it_, isSure, loads } = setup();
    it_.learn();
    await turn();
    it_.learn({ open: false });
    it_.learn({ open: false });
    expect(loads()).toBe(1);
    it_.learn();
    expect(await isSure()).toBe(false);
    await turn();
    expect({ sure: await isSure(), loads: loads() }).toEqual({ sure: true, loads: 2 });
  });
});
