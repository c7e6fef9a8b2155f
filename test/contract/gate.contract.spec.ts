import { MemoryGate } from '../../apps/inventory/src/adapters/memory/gate';
import { gateContract, TestClock } from './gate.contract';

gateContract('the gate in memory', (world) => new MemoryGate(world.clock, async () => world.customers));

describe('the gate in memory while it loads the customers', () => {
  it('misses nobody who is served meanwhile', async () => {
    let loaded: (customers: string[]) => void = () => undefined;
    const gate = new MemoryGate(new TestClock(), () => new Promise((resolve) => (loaded = resolve)));
    const available = new Map([['A', 0]]);
    const batch = { dropId: 'd1', open: true, closesInMs: null, perCustomerLimit: 4, available };
    const ask = (customerId: string) =>
      gate.surelyShort({ dropId: 'd1', customerId, lines: [{ sku: 'A', quantity: 1 }] });
    gate.learn({ ...batch, customers: [] });
    gate.learn({ ...batch, customers: ['cus_meanwhile'] });
    expect(ask('cus_new')).toBeNull();
    loaded(['cus_before']);
    await new Promise((resolve) => setImmediate(resolve));
    expect(ask('cus_new')).toEqual([0]);
    expect(ask('cus_meanwhile')).toBeNull();
    expect(ask('cus_before')).toBeNull();
  });
});

describe('what the gate in memory keeps of customers', () => {
  const batch = {
    dropId: 'd1',
    open: true,
    closesInMs: null,
    perCustomerLimit: 4,
    available: new Map([['A', 0]]),
    customers: [] as string[],
  };
  const turn = () => new Promise((resolve) => setImmediate(resolve));

  function setup(customersMax?: number) {
    const clock = new TestClock();
    let loads = 0;
    const load = () => {
      loads += 1;
      return Promise.resolve(['cus_1', 'cus_2']);
    };
    const gate = new MemoryGate(clock, load, customersMax);
    const isSure = () =>
      gate.surelyShort({ dropId: 'd1', customerId: 'cus_new', lines: [{ sku: 'A', quantity: 1 }] }) !== null;
    return { clock, gate, isSure, loads: () => loads };
  }

  it('lets them go when later ones are too many, and does not load them again at once', async () => {
    const { clock, gate, isSure, loads } = setup(3);
    gate.learn(batch);
    await turn();
    gate.learn({ ...batch, customers: ['cus_3'] });
    expect(isSure()).toBe(true);
    gate.learn({ ...batch, customers: ['cus_4'] });
    gate.learn(batch);
    await turn();
    expect({ sure: isSure(), loads: loads() }).toEqual({ sure: false, loads: 1 });
    clock.advance(10_000);
    gate.learn(batch);
    expect(loads()).toBe(2);
  });

  it('counts those who came in while the others were being loaded', async () => {
    const { gate, isSure } = setup(3);
    gate.learn(batch);
    gate.learn({ ...batch, customers: ['cus_3', 'cus_4'] });
    await turn();
    expect(isSure()).toBe(false);
  });

  it('lets them go when the drop is not open, and loads them when it is again', async () => {
    const { gate, isSure, loads } = setup();
    gate.learn(batch);
    await turn();
    gate.learn({ ...batch, open: false });
    gate.learn({ ...batch, open: false });
    expect(loads()).toBe(1);
    gate.learn(batch);
    expect(isSure()).toBe(false);
    await turn();
    expect({ sure: isSure(), loads: loads() }).toEqual({ sure: true, loads: 2 });
  });
});
