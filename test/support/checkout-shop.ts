import { randomBytes } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Runtime, sameUrl } from '@holdfast/config';
import type {
  Hold,
  Order,
  OrderHolds,
  OrderState,
  PlaceOrderOutcome,
  ShopperHolds,
} from '@holdfast/contracts';
import { fingerprintOf, SystemClock } from '@holdfast/kernel';
import { silentLogger } from '@holdfast/observability';
import { openPool, ROLES } from '@holdfast/postgres';
import { waitFor } from '@holdfast/testing';
import type { Pool } from 'pg';
import { SandboxLedger } from '../../apps/checkout/src/adapters/sandbox/sandbox-ledger';
import { buildCheckout, type Checkout, type CheckoutParts } from '../../apps/checkout/src/checkout';

/** Drops and holds for the tests of checkout. */
export interface Stockroom {
  inventory: OrderHolds & ShopperHolds;
  newDrop(options: { units: number; holdTtlSeconds: number; priceMinor?: number }): Promise<string>;
  counts(dropId: string): Promise<{ available: number; held: number; sold: number }>;
  close(): Promise<void>;
}

export const TEST_SECRETS = ['first-secret-first-secret-first-secret', 'other-secret-other-secret-other-sec'];
const SKU = 'TEE-M';

export function testRuntime(url: string): Runtime {
  return new Runtime(sameUrl(url), {
    sessionKey: 's'.repeat(32),
    operatorKey: 'o'.repeat(32),
    sandboxWebhookSecrets: TEST_SECRETS,
    databasePassword: 'p'.repeat(16),
    serviceKey: 'k'.repeat(43),
    redisPassword: 'r'.repeat(43),
    kafkaPassword: 'r'.repeat(43),
    connectPassword: 'r'.repeat(43),
    cdcPassword: 'c'.repeat(43),
    inventoryDbPassword: 'i'.repeat(43),
    checkoutDbPassword: 'c'.repeat(43),
    operatorDbPassword: 'o'.repeat(43),
    accountsDbPassword: 'a'.repeat(43),
    accountsKey: 'a'.repeat(43),
  });
}

/** One process's checkout with its own webhook door, on a ledger that others share. */
export class Shop {
  readonly runtime: Runtime;
  readonly checkout: Checkout;
  /** Webhook posts that came in, and how often each is passed on: a provider may deliver twice. */
  readonly received: { rawBody: Buffer; headers: Record<string, string | undefined> }[] = [];
  deliverTimes = 1;
  private server: Server | undefined;
  private readonly auditor: Pool;

  constructor(
    readonly stock: Stockroom,
    url: string,
    parts: Partial<CheckoutParts> = {},
  ) {
    this.runtime = testRuntime(url);
    this.auditor = openPool({ url, role: ROLES.auditor, max: 2, name: 'test-auditor' });
    this.checkout = buildCheckout({
      inventory: stock.inventory,
      runtime: this.runtime,
      clock: new SystemClock(),
      logger: silentLogger(),
      sandboxFaults: true,
      ...parts,
    });
  }

  /** Opens the door for webhooks and starts the work beside the requests. */
  async open(): Promise<this> {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        void this.webhook(Buffer.concat(chunks), request.headers).then((status) => {
          response.statusCode = status;
          response.end();
        });
      });
    });
    await new Promise<void>((resolve) => this.server?.listen(0, '127.0.0.1', resolve));
    this.runtime.address = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    await this.checkout.start();
    return this;
  }

  async close(): Promise<void> {
    await this.checkout.stop();
    await this.checkout.close(3_000);
    this.server?.closeAllConnections();
    await new Promise((resolve) => (this.server ? this.server.close(resolve) : resolve(null)));
    await this.auditor.end();
  }

  async hold({ units = 5, quantity = 2, ttl = 30 } = {}): Promise<Hold> {
    return this.holdOf(await this.stock.newDrop({ units, holdTtlSeconds: ttl }), quantity);
  }

  async holdOf(dropId: string, quantity: number, customerId = newCustomer()): Promise<Hold> {
    const outcome = await this.stock.inventory.placeHold({
      dropId,
      customerId,
      key: randomBytes(8).toString('hex'),
      fingerprint: 'test',
      lines: [{ sku: SKU, quantity }],
    });
    if (outcome.kind !== 'held') throw new Error(`no hold: ${JSON.stringify(outcome)}`);
    return outcome.hold;
  }

  pay(
    hold: Hold,
    token: string,
    key = randomBytes(8).toString('hex'),
    address: string | null = null,
  ): Promise<PlaceOrderOutcome> {
    const body = { holdId: hold.id, payment: { method: 'card' as const, token }, email: 'a@example.com' };
    const fingerprint = fingerprintOf(JSON.stringify(body));
    return this.checkout.client.placeOrder({
      customerId: hold.customerId,
      address,
      key,
      fingerprint,
      ...body,
    });
  }

  order(hold: Hold, orderId: string): Promise<Order | null> {
    return this.checkout.client.getOrder({ orderId, customerId: hold.customerId });
  }

  async until(hold: Hold, orderId: string, state: OrderState, deadlineMs = 15_000): Promise<Order> {
    let last: Order | null = null;
    return waitFor(
      `order is ${state}`,
      async () => {
        last = await this.order(hold, orderId);
        return last?.state === state ? last : null;
      },
      { deadlineMs },
    ).catch((error: Error) => {
      throw new Error(`${error.message}; it is ${JSON.stringify(last)}`);
    });
  }

  /** The order's ids of all 2xx answers. */
  charges(hold: Hold) {
    return new SandboxLedger(this.auditor).chargesOfHold(hold.id);
  }

  /** When an order was moved last, by the ledger's own clock: whoever looks at it may look late. */
  async movedAt(orderId: string): Promise<number> {
    const { rows } = await this.auditor.query<{ updated_at: Date }>(
      'SELECT updated_at FROM checkout.orders WHERE order_id = $1',
      [orderId],
    );
    return rows[0]!.updated_at.getTime();
  }

  /** Somebody pays with a good card. The answer may be a 202 on a machine that stands still. */
  async buy(hold: Hold): Promise<void> {
    await this.until(hold, orderIdOf(await this.pay(hold, 'tok_ok')), 'paid');
  }

  holdNow(hold: Hold): Promise<Hold | null> {
    return this.stock.inventory.getHold({ holdId: hold.id, customerId: hold.customerId });
  }

  untilOver(hold: Hold): Promise<unknown> {
    return waitFor('the hold is over', async () => (await this.holdNow(hold))?.state === 'expired');
  }

  private async webhook(rawBody: Buffer, raw: IncomingHttpHeaders): Promise<number> {
    const headers = Object.fromEntries(Object.entries(raw).map(([name, value]) => [name, value?.toString()]));
    this.received.push({ rawBody, headers });
    for (let times = 0; times < this.deliverTimes; times += 1) {
      const outcome = await this.checkout.client.receiveWebhook({ provider: 'sandbox', rawBody, headers });
      if (outcome.kind !== 'accepted') return 400;
    }
    return 200;
  }
}

export const newCustomer = (): string => `cus_${randomBytes(13).toString('hex')}`;

/** The order's id of a 2xx answer; throws on a refusal. */
export function orderIdOf(outcome: PlaceOrderOutcome): string {
  if (outcome.kind !== 'answered') throw new Error(`not answered: ${JSON.stringify(outcome)}`);
  return outcome.orderId;
}
