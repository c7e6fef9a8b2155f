import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Hold } from '@holdfast/contracts';
import { waitFor } from '@holdfast/testing';
import { Pool } from 'pg';
import { signatureHeader } from '../../apps/checkout/src/domain/webhook-signature';
import { orderIdOf, Shop, type Stockroom, TEST_SECRETS } from '../support/checkout-shop';
import { expectSoundBooks } from '../support/audit';
import { createLedger, type TestLedger } from '../support/database';
import { openStockroom } from '../support/stockroom';

let ledger: TestLedger;
let stock: Stockroom;
let admin: Pool;
let shop: Shop;

beforeAll(async () => {
  ledger = await createLedger('checkout_webhooks');
  stock = await openStockroom(ledger.url, 2);
  admin = new Pool({ connectionString: ledger.url, max: 2 });
  shop = await new Shop(stock, ledger.url).open();
});

afterAll(async () => {
  await shop.close();
  await admin.end();
  await stock.close();
  await ledger.drop();
});

const [first, second] = TEST_SECRETS as [string, string];
const now = () => Math.floor(Date.now() / 1000);

function deliver(rawBody: Buffer | string, signature?: string, provider = 'sandbox') {
  const bytes = Buffer.from(rawBody);
  return shop.checkout.client.receiveWebhook({
    provider,
    rawBody: bytes,
    headers: { 'holdfast-signature': signature ?? signatureHeader(first, now(), bytes) },
  });
}

const event = (orderId: string, state: string, id = `evt_${Math.random()}`) =>
  JSON.stringify({ id, type: `charge.${state}`, data: { orderId, state, reference: 'ch_x', key: 'k' } });

const paidOrder = async (): Promise<{ hold: Hold; orderId: string }> => {
  const hold = await shop.hold();
  return { hold, orderId: orderIdOf(await shop.pay(hold, 'tok_ok')) };
};

describe('a webhook is believed only when it is signed', () => {
  it('with either live secret, over these bytes, and lately', async () => {
    const body = event((await paidOrder()).orderId, 'authorized');
    expect(await deliver(body)).toEqual({ kind: 'accepted' });
    expect(await deliver(body, signatureHeader(second, now(), Buffer.from(body)))).toEqual({
      kind: 'accepted',
    });
    const forgeries = {
      'another secret': signatureHeader('x'.repeat(32), now(), Buffer.from(body)),
      'another body': signatureHeader(first, now(), Buffer.from(`${body} `)),
      'six minutes ago': signatureHeader(first, now() - 360, Buffer.from(body)),
      'in six minutes': signatureHeader(first, now() + 360, Buffer.from(body)),
      'no signature': `t=${now()}`,
      nothing: '',
    };
    for (const [name, signature] of Object.entries(forgeries)) {
      expect([name, await deliver(body, signature)]).toEqual([name, { kind: 'bad-signature' }]);
    }
  });

  it('and says something that can be read', async () => {
    for (const odd of [
      '',
      '{',
      '[]',
      'null',
      '{}',
      event('', 'authorized'),
      event('no-order', 'x'),
      '{"id":1}',
      '\u0000',
    ]) {
      expect([odd, await deliver(odd)]).toEqual([odd, { kind: 'malformed' }]);
    }
    const nul = JSON.stringify({
      id: 'evt_\u0000',
      type: 't',
      data: { orderId: `dabc1234-o${'0'.repeat(26)}` },
    });
    expect(await deliver(nul)).toEqual({ kind: 'malformed' });
    expect(await deliver(Buffer.from([0xff, 0xfe, 0x00]))).toEqual({ kind: 'malformed' });
    expect(await deliver('{}', undefined, 'nobody')).toEqual({ kind: 'unknown-provider' });
  });

  it('about an order that nobody knows it is taken and changes nothing', async () => {
    expect(await deliver(event(`dabc1234-o${'0'.repeat(26)}`, 'captured'))).toEqual({ kind: 'accepted' });
  });
});

describe('a webhook only wakes: what happened is asked of the provider', () => {
  it('late, out of order or false ones move nothing back', async () => {
    const { hold, orderId } = await paidOrder();
    for (const state of ['declined', 'requires-action', 'voided', 'authorized']) {
      expect(await deliver(event(orderId, state))).toEqual({ kind: 'accepted' });
    }
    await shop.checkout.completeRound();
    expect(await shop.order(hold, orderId)).toMatchObject({ state: 'paid' });
    expect(await shop.charges(hold)).toMatchObject([{ state: 'captured', refundedMinor: 0 }]);
  });

  it('“captured” about a charge that waits for the shopper pays nothing', async () => {
    const hold = await shop.hold();
    const orderId = orderIdOf(await shop.pay(hold, 'tok_3ds'));
    expect(await deliver(event(orderId, 'captured'))).toEqual({ kind: 'accepted' });
    await waitFor('the order was looked at', async () => {
      const { rows } = await admin.query<{ wakes: number; due: boolean }>(
        'SELECT wakes, next_check_at <= clock_timestamp() AS due FROM checkout.orders WHERE order_id = $1',
        [orderId],
      );
      return rows[0]?.wakes === 1 && !rows[0].due;
    });
    expect(await shop.order(hold, orderId)).toMatchObject({ state: 'pending' });
  });

  it('a replay wakes nobody', async () => {
    const hold = await shop.hold();
    const orderId = orderIdOf(await shop.pay(hold, 'tok_3ds'));
    const body = event(orderId, 'authorized', 'evt_replayed');
    for (let times = 0; times < 5; times += 1) expect(await deliver(body)).toEqual({ kind: 'accepted' });
    const { rows } = await admin.query('SELECT wakes FROM checkout.orders WHERE order_id = $1', [orderId]);
    expect(rows).toEqual([{ wakes: 1 }]);
  });

  it('the bank’s word is enough to pay at once, long before the next round would look', async () => {
    const patient = await new Shop(stock, ledger.url, { timings: { completerEveryMs: 3_600_000 } }).open();
    try {
      const hold = await patient.hold();
      const orderId = orderIdOf(await patient.pay(hold, 'tok_3ds'));
      const reference = (await patient.order(hold, orderId))?.payment.reference ?? '';
      await patient.checkout.client.answerBankChallenge(reference, 'approve');
      await patient.until(hold, orderId, 'paid');
    } finally {
      await patient.close();
    }
  });
});

describe('the sandbox tells the shop until it listens', () => {
  it('through refusals and restarts, with the same bytes', async () => {
    const bodies: string[] = [];
    let status = 500;
    const door = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        bodies.push(Buffer.concat(chunks).toString());
        response.statusCode = status;
        response.end();
      });
    });
    await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${(door.address() as AddressInfo).port}`;
    // The product's own door is shut for this one, and no completer hides what the webhook does.
    await shop.checkout.stop();
    const hold = await shop.hold();
    const orderId = orderIdOf(await shop.pay(hold, 'tok_3ds'));
    const reference = (await shop.order(hold, orderId))?.payment.reference ?? '';
    await shop.checkout.client.answerBankChallenge(reference, 'approve');

    const mine = () => bodies.filter((body) => body.includes(orderId));
    const before = new Shop(stock, ledger.url);
    before.runtime.address = address;
    await waitFor(
      'a refused delivery',
      async () => (await before.checkout.sandboxRound(), mine().length > 0),
    );
    await before.close();

    status = 200;
    const after = new Shop(stock, ledger.url);
    after.runtime.address = address;
    await waitFor('another delivery', async () => (await after.checkout.sandboxRound(), mine().length > 1));
    await waitFor('it is marked as delivered', async () => {
      const { rows } = await admin.query<{ done: boolean }>(
        'SELECT delivered_at IS NOT NULL AS done FROM sandbox.webhook WHERE body LIKE $1',
        [`%${orderId}%`],
      );
      return rows[0]?.done;
    });
    expect(new Set(mine()).size).toBe(1);
    await after.close();
    door.closeAllConnections();
    await new Promise((resolve) => door.close(resolve));
  });
});

describe('what is kept only for a time', () => {
  it('is removed when its time is over, and nothing else is', async () => {
    const { hold, orderId } = await paidOrder();
    expect(await deliver(event(orderId, 'captured', 'evt_kept'))).toEqual({ kind: 'accepted' });
    const count = async () => {
      const { rows } = await admin.query<{ facts: number; webhooks: number }>(
        `SELECT (SELECT count(*)::int FROM checkout.outbox WHERE drop_id = $1) AS facts,
           (SELECT count(*)::int FROM checkout.webhook_inbox WHERE drop_id = $1) AS webhooks`,
        [hold.dropId],
      );
      return rows[0];
    };
    await shop.checkout.purgeRound();
    expect(await count()).toEqual({ facts: 1, webhooks: 1 });
    await admin.query(
      `UPDATE checkout.outbox SET created_at = created_at - interval '25 hours' WHERE drop_id = $1`,
      [hold.dropId],
    );
    await admin.query(
      `UPDATE checkout.webhook_inbox SET received_at = received_at - interval '8 days' WHERE drop_id = $1`,
      [hold.dropId],
    );
    expect(await shop.checkout.purgeRound()).toBe(2);
    expect(await count()).toEqual({ facts: 0, webhooks: 0 });
    expect(await shop.order(hold, orderId)).toMatchObject({ state: 'paid' });
  });
});

it('leaves the books in order', () => expectSoundBooks(ledger.url));
