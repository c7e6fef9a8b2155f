import type { PlaceHold, PlaceOrder } from '../index';
import { CHECKOUT_WIRE, fingerprintToWire, INVENTORY_WIRE } from './index';

const HOLD: PlaceHold = {
  ...{ dropId: 'd1', customerId: 'cus_1', key: 'k', fingerprint: 'ab', network: { id: 1, blockId: null } },
  lines: [{ sku: 'A', quantity: 1 }],
};
const ORDER: PlaceOrder = {
  ...{ customerId: 'cus_1', key: 'k', fingerprint: 'ab', holdId: 'h', email: 'a@example.com', address: null },
  payment: { method: 'card', token: 'tok_ok' },
};

describe('commands between services', () => {
  it.each([
    ['placeHold', INVENTORY_WIRE.placeHold.input[0], HOLD],
    ['placeOrder', CHECKOUT_WIRE.placeOrder.input[0], ORDER],
  ])('%s carries its fingerprint under the name that earlier versions know', (_, schema, command) => {
    const sent = fingerprintToWire<PlaceHold | PlaceOrder>(command);
    expect(sent).toHaveProperty('bodyHash', 'ab');
    expect(sent).not.toHaveProperty('fingerprint');
    expect(schema.parse(JSON.parse(JSON.stringify(sent)))).toEqual(command);
    expect(schema.safeParse(command).success).toBe(false);
  });
});
