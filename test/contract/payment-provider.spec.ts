import { SystemClock } from '@holdfast/kernel';
import { openPool, ROLES } from '@holdfast/postgres';
import type { Pool } from 'pg';
import { GuardedProvider } from '../../apps/checkout/src/adapters/provider/guarded-provider';
import { SandboxLedger } from '../../apps/checkout/src/adapters/sandbox/sandbox-ledger';
import { SandboxProvider } from '../../apps/checkout/src/adapters/sandbox/sandbox-provider';
import { createLedger, type TestLedger } from '../support/database';
import { paymentProviderContract } from './payment-provider.contract';

let ledger: TestLedger;
let pool: Pool;
let auditor: Pool;
let sandbox: SandboxProvider;

beforeAll(async () => {
  ledger = await createLedger('payment_provider');
  pool = openPool({ url: ledger.url, role: ROLES.sandbox, max: 6, name: 'test-sandbox' });
  auditor = openPool({ url: ledger.url, role: ROLES.auditor, max: 1, name: 'test-auditor' });
  sandbox = new SandboxProvider(pool, () => 'http://shop.example', true);
});

afterAll(async () => {
  await Promise.all([pool.end(), auditor.end()]);
  await ledger.drop();
});

paymentProviderContract('the sandbox', () => sandbox);
paymentProviderContract('the guarded sandbox', () => new GuardedProvider(sandbox, new SystemClock(), 4_000));

describe('the sandbox’s books', () => {
  it('show no charge for what still waits, or was cancelled before it came', async () => {
    const request = {
      orderId: 'o',
      holdId: 'h-books',
      dropId: 'd',
      amountMinor: 1,
      currency: 'EUR',
      payableUntil: new Date().toISOString(),
      returnPath: '/',
    };
    await sandbox.authorise({ ...request, key: 'a', token: 'tok_3ds' });
    await sandbox.authorise({ ...request, key: 'b', token: 'tok_late' });
    await sandbox.void('c');
    await sandbox.authorise({ ...request, key: 'c', token: 'tok_ok' });
    const books = new SandboxLedger(auditor);
    expect(await books.chargesOfHold('h-books')).toEqual([]);
    await sandbox.authorise({ ...request, key: 'd', token: 'tok_declined' });
    expect(await books.chargesOfHold('h-books')).toEqual([
      {
        reference: expect.stringMatching(/^ch_/),
        orderId: 'o',
        state: 'declined',
        amountMinor: 1,
        refundedMinor: 0,
        refunds: 0,
      },
    ]);
  });

  it('cannot be written by the shop', async () => {
    const shop = openPool({ url: ledger.url, role: ROLES.checkout, max: 1, name: 'test-shop' });
    try {
      await expect(shop.query('SELECT 1 FROM sandbox.charge')).rejects.toThrow(/permission denied/);
      await expect(pool.query('SELECT 1 FROM checkout.orders')).rejects.toThrow(/permission denied/);
      await expect(pool.query('DELETE FROM sandbox.charge')).rejects.toThrow(/permission denied/);
      await expect(shop.query('DELETE FROM checkout.orders')).rejects.toThrow(/permission denied/);
    } finally {
      await shop.end();
    }
  });
});
