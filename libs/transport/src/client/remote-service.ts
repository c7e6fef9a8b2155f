import {
  ACCOUNTS_WIRE,
  type AccountsCalls,
  CHECKOUT_WIRE,
  type CheckoutCalls,
  INVENTORY_WIRE,
  type InventoryCalls,
  type WireMethod,
  type WireTable,
} from '@holdfast/contracts';
import { CALL_DEADLINE_MS } from '../settings';
import type { Peers } from './peers';

/** Inventory in another process, in each of its roles. */
export const remoteInventory = (peers: Peers): InventoryCalls => remoteService(peers, INVENTORY_WIRE);

/** Checkout in another process, in each of its roles. */
export const remoteCheckout = (peers: Peers): CheckoutCalls => remoteService(peers, CHECKOUT_WIRE);

/** Accounts in another process, in each of its roles: in any instance, as none keeps anything of a merchant in memory. */
export const remoteAccounts = (peers: Peers): AccountsCalls => remoteService(peers, ACCOUNTS_WIRE);

/** Each method of the wire table as a call to one of the peers. */
function remoteService<Client extends object>(peers: Peers, wire: WireTable<Client>): Client {
  const methods = Object.entries(wire as Record<string, WireMethod>);
  const calls = methods.map(([name, method]) => [name, callOf(peers, name, method)]);
  return Object.fromEntries(calls) as Client;
}

function callOf(
  peers: Peers,
  name: string,
  { answer, home, deadlineMs = CALL_DEADLINE_MS, pack, alone, once }: WireMethod,
) {
  return async (...args: never[]): Promise<unknown> => {
    const sent = pack ? pack(...args) : args;
    const options = { key: home?.(...args), deadlineMs, alone, once };
    const received = await peers.call([name, ...sent], options);
    // Validated, then passed on unchanged: the schema's copy would cost as much again and drop fields that a
    // newer service adds.
    if (!answer.safeParse(received).success) throw new Error(`${name}: the answer does not fit the contract`);
    return received;
  };
}
