import type { OrderRecord } from './order';
import { toOrder } from './render-order';

const record: OrderRecord = {
  dropId: 'd1',
  orderId: 'd1-o1',
  customerId: 'cus_1',
  holdId: 'd1-h1',
  fingerprint: 'f',
  provider: 'sandbox',
  token: 'tok_3ds',
  email: 'a@example.com',
  // As a database may give it back: with its keys in another order.
  lines: [{ quantity: 2, price: { currency: 'EUR', amountMinor: 500 }, sku: 'A' }],
  totalMinor: 1000,
  currency: 'EUR',
  attempt: 1,
  step: 'awaiting',
  tries: 0,
  wakes: 0,
  paymentState: 'requires-action',
  reference: 'ch_1',
  nextActionUrl: 'http://shop.example/sandbox/3ds/ch_1',
  reason: null,
  payableUntil: null,
  giveUpInMs: null,
  answer: null,
  createdAt: '2026-11-22T04:00:00.000Z',
};

describe('an order as clients see it', () => {
  it('has its fields in one order, whatever order the ledger gives them in', () => {
    expect(JSON.stringify(toOrder(record))).toBe(
      '{"id":"d1-o1","holdId":"d1-h1","dropId":"d1","state":"pending",' +
        '"lines":[{"sku":"A","quantity":2,"price":{"amountMinor":500,"currency":"EUR"}}],' +
        '"total":{"amountMinor":1000,"currency":"EUR"},"payment":{"provider":"sandbox","reference":"ch_1","state":"requires-action",' +
        '"nextAction":{"type":"redirect","url":"http://shop.example/sandbox/3ds/ch_1"}},"createdAt":"2026-11-22T04:00:00.000Z"}',
    );
  });

  it('asks the shopper for nothing once the bank has spoken', () => {
    const paid = toOrder({ ...record, step: 'paid', paymentState: 'captured' });
    expect(paid.payment.nextAction).toBeUndefined();
  });

  it('says why it failed or is refunded, and nothing of a reason that did not come true', () => {
    const reason = 'payment-timed-out';
    expect(toOrder({ ...record, step: 'failed', reason }).reason).toBe(reason);
    expect(toOrder({ ...record, step: 'refunding', reason: 'units-gone' }).reason).toBe('units-gone');
    expect(toOrder({ ...record, step: 'voiding', reason })).not.toHaveProperty('reason');
    expect(toOrder({ ...record, step: 'paid', reason })).not.toHaveProperty('reason');
  });

  it('never shows the card’s token or who bought', () => {
    expect(JSON.stringify(toOrder(record))).not.toMatch(/tok_|cus_|example\.com"/);
  });
});
