import {
  CHECKOUT_WIRE,
  type CheckoutClient,
  INVENTORY_WIRE,
  InvalidCursor,
  type InventoryCalls,
  type PlaceHold,
  type PlaceOutcome,
  ServiceUnavailable,
  type WebhookDelivery,
} from '@holdfast/contracts';
import { unloaded } from '@holdfast/testing';
import { type Peers, remoteCheckout, remoteInventory } from '@holdfast/transport';
import { CheckoutService } from '../../apps/checkout/src/application/checkout-service';
import { LedgerMerchantOrders } from '../../apps/checkout/src/application/merchant-orders';
import { PgOrderTimeline } from '../../apps/checkout/src/adapters/postgres/pg-order-timeline';
import { LedgerProducts } from '../../apps/inventory/src/adapters/postgres/products/ledger-products';
import { LedgerChangeFacts } from '../../apps/inventory/src/adapters/postgres/merchants/ledger-change-facts';
import { LedgerFigures } from '../../apps/inventory/src/adapters/postgres/figures/ledger-figures';
import { LedgerMerchantDrops } from '../../apps/inventory/src/adapters/postgres/merchant-drops/ledger-merchant-drops';
import { LedgerMerchantStock } from '../../apps/inventory/src/application/merchant-stock';
import { LedgerRehearsalRuns } from '../../apps/inventory/src/adapters/postgres/rehearsals/ledger-rehearsal-runs';
import { LedgerRehearsals } from '../../apps/inventory/src/adapters/postgres/rehearsals/ledger-rehearsals';
import { LedgerTimeline } from '../../apps/inventory/src/adapters/postgres/timeline/ledger-timeline';
import { DropReader } from '../../apps/inventory/src/application/drop-reader';
import { LedgerOrderHolds } from '../../apps/inventory/src/application/order-holds';
import { LedgerShopperHolds } from '../../apps/inventory/src/application/shopper-holds';
import {
  callersOf,
  holdOf,
  inventoryAt,
  placeCommand,
  startCheckout,
  startInventory,
  type TestService,
} from './transport-support';

const DROP = 'd1234567';
const held = (command: PlaceHold): PlaceOutcome => ({ kind: 'held', hold: holdOf(command), replayed: false });

const open: { stop: () => unknown }[] = [];

afterEach(async () => {
  for (const it of open.splice(0).reverse()) await it.stop();
});

async function inventoryBehind(service: Partial<InventoryCalls>) {
  const server = await startInventory(service);
  const { peers, inventory } = await inventoryAt([server.address]);
  open.push(server, { stop: () => peers.close() });
  return { server, peers, inventory };
}

async function checkoutBehind(service: Partial<CheckoutClient>) {
  const server = await startCheckout(service);
  const peers = callersOf([server.address], { service: 'checkout' });
  open.push(server, { stop: () => peers.close() });
  return { server, checkout: remoteCheckout(peers) };
}

/** Methods of a class that are its own, beside the constructor. */
const methodsOf = (it: { prototype: object }) =>
  Object.getOwnPropertyNames(it.prototype).filter((name) => name !== 'constructor');

describe('what is carried', () => {
  it('every method of inventory', () => {
    const methods = Object.keys(INVENTORY_WIRE).sort();
    expect(Object.keys(remoteInventory({} as Peers)).sort()).toEqual(methods);
    const roles = [
      LedgerShopperHolds,
      LedgerOrderHolds,
      DropReader,
      LedgerProducts,
      LedgerChangeFacts,
      LedgerMerchantDrops,
      LedgerFigures,
      LedgerMerchantStock,
      LedgerTimeline,
      LedgerRehearsals,
      LedgerRehearsalRuns,
    ];
    expect(roles.flatMap(methodsOf)).toEqual(expect.arrayContaining(methods));
  });

  it('every method of checkout', () => {
    const methods = Object.keys(CHECKOUT_WIRE).sort();
    expect(Object.keys(remoteCheckout({} as Peers)).sort()).toEqual(methods);
    expect([CheckoutService, LedgerMerchantOrders, PgOrderTimeline].flatMap(methodsOf)).toEqual(
      expect.arrayContaining(methods),
    );
  });

  it('gives each method its own arguments and brings back its answer', async () => {
    const ref = { holdId: `${DROP}-h${'0'.repeat(26)}`, customerId: 'cus_1' };
    const pay = { ...ref, orderId: `${DROP}-o${'0'.repeat(26)}` };
    const hold = holdOf(placeCommand(DROP));
    const row = { dropId: DROP, sku: 'A', epoch: 1, version: 7, total: 5, available: 2, held: 2, sold: 1 };
    const calls: [keyof InventoryCalls, unknown, unknown][] = [
      ['releaseHold', ref, { kind: 'released' }],
      ['getHold', ref, hold],
      ['extendHold', pay, { kind: 'extended', hold }],
      ['confirmHold', pay, { kind: 'confirmed' }],
      ['yieldHold', pay, { kind: 'yielded' }],
      ['releaseForOrder', pay, { kind: 'payment-in-flight' }],
      ['retakeHold', pay, { kind: 'short' }],
      ['returnHold', pay, { kind: 'returned' }],
      ['listDrops', { state: 'open', limit: 10 }, { items: [], nextCursor: 'next' }],
      ['getDrop', DROP, null],
      ['shortageOf', DROP, null],
      ['stockOf', DROP, [{ ...row, asOf: '2026-11-22T12:00:00.000Z' }]],
    ];
    const service: Record<string, unknown> = {};
    for (const [method, argument, answer] of calls)
      service[method] = async (given: unknown) => {
        expect(given).toEqual(argument);
        return answer;
      };
    const { inventory } = await inventoryBehind(service);
    for (const [method, argument, answer] of calls)
      expect(await (inventory[method] as (it: unknown) => Promise<unknown>)(argument)).toEqual(answer);
  });

  it('places with a network and without, as gateways of the version before send them', async () => {
    const seen: PlaceHold[] = [];
    const answer: PlaceOutcome = {
      kind: 'refused',
      reason: 'limit-reached',
      shortLines: [],
      limitOf: 'network',
    };
    const { inventory } = await inventoryBehind({
      placeHold: async (command) => {
        seen.push(command);
        return answer;
      },
    });
    const before = placeCommand(DROP);
    const network = { id: 2 ** 48 - 1, blockId: 7 };
    for (const command of [before, { ...before, network: null }, { ...before, network }])
      expect(await inventory.placeHold(command)).toEqual(answer);
    expect(seen.map((command) => command.network)).toEqual([undefined, null, network]);
  });

  it('a webhook keeps every byte of its body', async () => {
    const seen: WebhookDelivery[] = [];
    const { checkout } = await checkoutBehind({
      receiveWebhook: async (delivery) => {
        seen.push(delivery);
        return { kind: 'accepted' };
      },
    });
    const rawBody = Buffer.from(Array.from({ length: 64 * 1024 }, (_, i) => (i * 7 + (i >> 8)) & 0xff));
    const headers = { 'x-signature': 't=1,v1=ab', 'x-none': undefined };
    const deliveries = Array.from({ length: 20 }, () =>
      checkout.receiveWebhook({ provider: 'sandbox', rawBody, headers }),
    );
    expect(new Set((await Promise.all(deliveries)).map(({ kind }) => kind))).toEqual(new Set(['accepted']));
    expect(seen).toHaveLength(20);
    expect(
      seen.every((delivery) => Buffer.isBuffer(delivery.rawBody) && delivery.rawBody.equals(rawBody)),
    ).toBe(true);
    expect(seen[0]!.headers).toEqual({ 'x-signature': 't=1,v1=ab' });
    const empty = await checkout.receiveWebhook({
      provider: 'sandbox',
      rawBody: Buffer.alloc(0),
      headers: {},
    });
    expect(empty).toEqual({ kind: 'accepted' });
  });

  it('every call to checkout', async () => {
    const order = {
      id: `${DROP}-o1`,
      holdId: `${DROP}-h1`,
      dropId: DROP,
      state: 'pending' as const,
      lines: holdOf(placeCommand(DROP)).lines,
      total: { amountMinor: 1, currency: 'EUR' },
      payment: {
        provider: 'sandbox',
        reference: null,
        state: 'requires-action' as const,
        nextAction: { type: 'redirect' as const, url: 'http://127.0.0.1/bank' },
      },
      createdAt: '2026-11-22T12:00:00.000Z',
    };
    const challenge = { reference: 'r', amount: order.total, state: 'open' as const, returnPath: '/d/x' };
    const answered = {
      kind: 'answered' as const,
      status: 202 as const,
      orderId: 'o',
      body: '{"é":1}',
      replayed: true,
    };
    const { checkout } = await checkoutBehind({
      placeOrder: async () => answered,
      getOrder: async () => order,
      listOrders: async () => ({ items: [order], nextCursor: null }),
      getBankChallenge: async (reference) => ({ ...challenge, reference }),
      answerBankChallenge: async (reference, answer) =>
        answer === 'deny' ? null : { ...challenge, reference },
    });
    const payment = { method: 'card' as const, token: 'tok_ok' };
    const mine = {
      customerId: 'cus_1',
      key: 'k',
      fingerprint: 'b',
      holdId: order.holdId,
      email: 'a@b.example',
    };
    expect(await checkout.placeOrder({ ...mine, payment })).toEqual(answered);
    expect(await checkout.getOrder({ orderId: order.id, customerId: 'cus_1' })).toEqual(order);
    expect(await checkout.listOrders({ customerId: 'cus_1', limit: 1 })).toEqual({
      items: [order],
      nextCursor: null,
    });
    expect(await checkout.getBankChallenge('ref')).toEqual({ ...challenge, reference: 'ref' });
    expect(await checkout.answerBankChallenge('ref', 'approve')).toEqual({ ...challenge, reference: 'ref' });
    expect(await checkout.answerBankChallenge('ref', 'deny')).toBeNull();
    // Whatever stands in a path is asked for, as in one process.
    const odd = '\u0000é%'.repeat(2_000);
    expect(await checkout.getBankChallenge(odd)).toEqual({ ...challenge, reference: odd });
  });
});

describe('calls that share a frame', () => {
  it('are those of one turn, and each gets its own answer', async () => {
    const frames: number[] = [];
    const { server, inventory } = await inventoryBehind({ placeHold: async (command) => held(command) });
    countFrames(server, frames);
    const commands = Array.from({ length: 600 }, () => placeCommand(DROP));
    const outcomes = await Promise.all(commands.map((command) => inventory.placeHold(command)));
    outcomes.forEach((outcome, i) => expect(outcome).toEqual(held(commands[i]!)));
    expect(frames).toEqual([256, 256, 88]);
  });

  it('come to the service in the order in which they were made', async () => {
    const seen: string[] = [];
    const { inventory } = await inventoryBehind({
      placeHold: async (command) => {
        seen.push(command.key);
        return held(command);
      },
    });
    const commands = Array.from({ length: 500 }, () => placeCommand(DROP));
    await Promise.all(commands.map((command) => inventory.placeHold(command)));
    expect(seen).toEqual(commands.map(({ key }) => key));
  });

  it('do one another no harm: a refused, a failing, a late and a broken one', async () => {
    const { server, inventory } = await inventoryBehind({
      placeHold: (command) => {
        if (command.key === 'throws') throw new Error('at once');
        if (command.key === 'rejects') return Promise.reject(new Error('later'));
        if (command.key === 'away') return Promise.reject(new ServiceUnavailable('ledger away', 7));
        if (command.key === 'odd') return Promise.resolve({ kind: 'what' } as never);
        return Promise.resolve(held(command));
      },
    });
    const good = placeCommand(DROP);
    const call = (key: string) =>
      inventory.placeHold(placeCommand(DROP, { key })).catch((error: Error) => error);
    const bad = inventory.placeHold(placeCommand(DROP, { lines: [] })).catch((error: Error) => error);
    const [thrown, rejected, away, odd, refused, fine] = await Promise.all([
      call('throws'),
      call('rejects'),
      call('away'),
      call('odd'),
      bad,
      inventory.placeHold(good),
    ]);
    expect(fine).toEqual(held(good));
    expect(thrown).toBeInstanceOf(Error);
    expect(rejected).toBeInstanceOf(Error);
    expect(thrown).not.toBeInstanceOf(ServiceUnavailable);
    expect(away).toBeInstanceOf(ServiceUnavailable);
    expect(away).toMatchObject({ message: 'ledger away', retryAfterSeconds: 7 });
    expect(odd).toMatchObject({ message: expect.stringContaining('does not fit the contract') });
    expect(refused).toMatchObject({ message: expect.stringContaining('bad request') });
    // What was wrong stands in the log, with names and without values.
    expect(server.log.text()).toContain('call rejected: invalid request');
    expect(server.log.text()).toContain('at once');
    expect(server.log.text()).not.toContain('cus_1');
  });

  it('do not wait for a slow neighbour', async () => {
    let finish: () => void = () => undefined;
    const slow = new Promise<void>((resolve) => (finish = resolve));
    const { inventory } = await inventoryBehind({
      placeHold: async (command) => {
        if (command.key === 'slow') await slow;
        return held(command);
      },
    });
    const slowly = inventory.placeHold(placeCommand(DROP, { key: 'slow' }));
    expect((await inventory.placeHold(placeCommand(DROP))).kind).toBe('held');
    const together = [
      inventory.placeHold(placeCommand(DROP, { key: 'slow' })),
      inventory.placeHold(placeCommand(DROP)),
    ];
    expect((await together[1]!).kind).toBe('held');
    finish();
    expect((await slowly).kind).toBe('held');
    expect((await together[0]!).kind).toBe('held');
  });

  it('a cursor that is none is said to be one', async () => {
    const { inventory } = await inventoryBehind({
      listDrops: () => Promise.reject(new InvalidCursor('not a cursor of this list')),
    });
    await expect(inventory.listDrops({ cursor: 'x', limit: 1 })).rejects.toThrow(InvalidCursor);
  });

  it('text of any kind comes through', async () => {
    const { inventory } = await inventoryBehind({ placeHold: async (command) => held(command) });
    for (const sku of ['émoji 🎽#12', '{"a":1}#', '\u2028\ud800', '#'.repeat(100)]) {
      const command = placeCommand(DROP, { lines: [{ sku, quantity: 1 }] });
      expect(await inventory.placeHold(command)).toEqual(held(command));
    }
  });
});

describe('deadline', () => {
  it('is kept by the caller, and the service stops waiting a little earlier', async () => {
    const { inventory } = await inventoryBehind({ getDrop: () => new Promise(() => undefined) });
    const ask = async () => {
      const begun = performance.now();
      const error = await inventory.getDrop(DROP).catch((it: Error) => it);
      return { error, tookMs: performance.now() - begun };
    };
    const said = 'the service did not answer in time';
    // The service is a tenth of a second earlier, and second where both stood still in that moment.
    let { error, tookMs } = await ask();
    for (let again = 0; again < 2 && (error as Error).message !== said; again += 1)
      ({ error, tookMs } = await ask());
    expect(error).toBeInstanceOf(ServiceUnavailable);
    expect((error as Error).message).toBe(said);
    expect(tookMs).toBeGreaterThan(2_800);
    expect(unloaded(tookMs)).toBeLessThan(8_000);
  });

  it('stands although no instance is there', async () => {
    const peers = callersOf(['127.0.0.1:1']);
    open.push({ stop: () => peers.close() });
    const begun = performance.now();
    await expect(remoteInventory(peers).getDrop(DROP)).rejects.toThrow(ServiceUnavailable);
    expect(unloaded(performance.now() - begun)).toBeLessThan(8_000);
    expect(peers.status()).toEqual([{ address: '127.0.0.1:1', state: 'down', inFlight: 0 }]);
  });

  it('beyond the bound of calls under way the caller is told at once', async () => {
    const server = await startInventory({ getDrop: () => new Promise(() => undefined) });
    const { peers, inventory } = await inventoryAt([server.address], { settings: { inFlightMax: 10 } });
    open.push(server, { stop: () => peers.close() });
    const waiting = Array.from({ length: 10 }, () => inventory.getDrop(DROP).catch(() => 'late'));
    const error = await inventory.getDrop(DROP).catch((it: Error) => it);
    expect(error).toBeInstanceOf(ServiceUnavailable);
    expect((error as ServiceUnavailable).retryAfterSeconds).toBe(1);
    expect(peers.status()[0]!.inFlight).toBe(10);
    await Promise.all(waiting);
    expect(peers.status()[0]!.inFlight).toBe(0);
  });
});

/** Notes how many calls each frame brought. */
function countFrames({ draining }: TestService, frames: number[]): void {
  const entered = draining.entered.bind(draining);
  draining.entered = (calls) => {
    frames.push(calls);
    entered(calls);
  };
}
