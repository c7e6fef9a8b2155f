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
