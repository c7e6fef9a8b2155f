import { Global, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ConfigModule, loadConfig } from '@holdfast/config';
import { CheckoutClient, OrderHolds, type PlaceOrder, ServiceUnavailable } from '@holdfast/contracts';
import { SystemClock } from '@holdfast/kernel';
import { Logger, silentLogger } from '@holdfast/observability';
import { unloaded, waitFor } from '@holdfast/testing';
import { Pool } from 'pg';
import { buildCheckout } from '../../apps/checkout/src/checkout';
import { CheckoutModule } from '../../apps/checkout/src/checkout.module';
import { type Stockroom, testRuntime } from '../support/checkout-shop';
import { createLedger, type TestLedger } from '../support/database';
import { openStockroom } from '../support/stockroom';

let ledger: TestLedger;
let stock: Stockroom;

beforeAll(async () => {
  ledger = await createLedger('checkout_module');
  stock = await openStockroom(ledger.url, 2);
});

afterAll(async () => {
  await stock.close();
  await ledger.drop();
});

@Global()
@Module({ providers: [{ provide: Logger, useValue: silentLogger() }], exports: [Logger] })
class TestObservability {}

@Module({})
class Root {}

@Module({})
class Inventory {}

async function start() {
  const inventory = {
    module: Inventory,
    providers: [{ provide: OrderHolds, useValue: stock.inventory }],
    exports: [OrderHolds],
  };
  const config = ConfigModule.with(loadConfig({}), testRuntime(ledger.url));
  const checkout = CheckoutModule.register({ imports: [inventory] });
  const app = await NestFactory.createApplicationContext(
    { module: Root, imports: [config, TestObservability, checkout] },
    { logger: false },
  );
  return { app, client: app.get(CheckoutClient, { strict: false }) };
}

/** A hold of a new drop, and the command that pays it. */
async function orderOf(token: string): Promise<PlaceOrder> {
  const dropId = await stock.newDrop({ units: 1, holdTtlSeconds: 30 });
  const held = await stock.inventory.placeHold({
    dropId,
    customerId: 'cus_1',
    key: 'k',
    fingerprint: 'h',
    lines: [{ sku: 'TEE-M', quantity: 1 }],
  });
  if (held.kind !== 'held') throw new Error(held.kind);
  const payment = { method: 'card' as const, token };
  return {
    customerId: 'cus_1',
    key: `pays in ${dropId}`,
    fingerprint: 'h',
    holdId: held.hold.id,
    payment,
    email: 'a@example.com',
  };
}

it('checkout plugs into a process, and leaves no connection behind when it ends', async () => {
  const { app, client } = await start();
  const order = await orderOf('tok_ok');
  const paid = await client.placeOrder(order);
  expect(paid).toMatchObject({ kind: 'answered', status: 201, replayed: false });
  await app.close();

  const admin = new Pool({ connectionString: ledger.url, max: 1 });
  const { rows } = await admin.query(
    `SELECT application_name FROM pg_stat_activity WHERE datname = current_database() AND application_name ~ '^holdfast-(checkout|sandbox)'`,
  );
  await admin.end();
  expect(rows).toEqual([]);

  // The next process gives the same answer to the same key.
  const next = await start();
  expect(await next.client.placeOrder(order)).toEqual({ ...paid, replayed: true });
  await next.app.close();
});

it('ends in time although a provider is silent, and the next process finishes what was open', async () => {
  const { app, client } = await start();
  const outcome = await client.placeOrder(await orderOf('tok_timeout_ok'));
  if (outcome.kind !== 'answered') throw new Error(outcome.kind);
  const began = Date.now();
  await app.close();
  expect(unloaded(Date.now() - began)).toBeLessThan(9_000); // the whole product has ten seconds

  const next = await start();
  const mine = { orderId: outcome.orderId, customerId: 'cus_1' };
  await waitFor('the order is paid', async () => (await next.client.getOrder(mine))?.state === 'paid');
  await next.app.close();
});

it('without its database checkout says so in time, and never that something did not happen', async () => {
  const client = buildCheckout({
    inventory: stock.inventory,
    runtime: testRuntime('postgres://nobody@127.0.0.1:9/none'),
    clock: new SystemClock(),
    logger: silentLogger(),
    sandboxFaults: true,
  }).client;
  const holdId = `dabc1234-h${'0'.repeat(26)}`;
  const order = { customerId: 'cus_1', key: 'k', fingerprint: 'h', holdId, email: 'a@example.com' };
  const asked = [
    client.placeOrder({ ...order, payment: { method: 'card', token: 'tok_ok' } }),
    client.getOrder({ orderId: `dabc1234-o${'0'.repeat(26)}`, customerId: 'cus_1' }),
    client.listOrders({ customerId: 'cus_1', limit: 1 }),
    client.getBankChallenge(`ch_${'0'.repeat(26)}`),
  ];
  for (const one of await Promise.allSettled(asked)) {
    expect(one).toMatchObject({ status: 'rejected', reason: expect.any(ServiceUnavailable) });
  }
});
