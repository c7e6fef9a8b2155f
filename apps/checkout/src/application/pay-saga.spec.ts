import type { OrderHolds } from '@holdfast/contracts';
import { type Logger, silentLogger } from '@holdfast/observability';
import type { OrderRecord, Step } from '../domain/order';
import { PaySaga } from './pay-saga';
import type { OrderStore } from './ports/order-store.port';
import type { ChargeState, PaymentProvider, ProviderAnswer } from './ports/payment-provider.port';
import { SagaSteps } from './saga-steps';

/** What an operator is told when an order at that step meets such answers. */
async function complaintsAt(step: Step, inventory: Partial<OrderHolds>, state: ChargeState) {
  const told: object[] = [];
  const logger: Logger = Object.assign(silentLogger(), { error: (fields: object) => void told.push(fields) });
  const charge = { reference: 'ch_1', state, nextActionUrl: null, refundedMinor: 0 };
  const provider = { capture: () => Promise.resolve({ kind: 'charge', charge }) } as Partial<PaymentProvider>;
  const store = { postpone: () => Promise.resolve() } as Partial<OrderStore>;
  const steps = new SagaSteps(inventory as OrderHolds, provider as PaymentProvider);
  const saga = new PaySaga({ store: store as OrderStore, steps, random: () => 0, logger, leaseMs: 1_000 });
  await saga.drive({ orderId: 'd1-o1', attempt: 1, step, tries: 3 } as OrderRecord);
  return told;
}

describe('units that are sold and cannot be charged', () => {
  it('are an error in the log when there is no hold to return', async () => {
    const inventory = { returnHold: async () => ({ kind: 'not-found' as const }) };
    expect(await complaintsAt('returning', inventory, 'voided')).toMatchObject([{ step: 'returning' }]);
  });

  it('are none while the money may still come', async () => {
    expect(await complaintsAt('capturing', {}, 'processing')).toEqual([]);
  });
});

it('reports a slow provider to waiting callers, and only a slow one', async () => {
  let answer = (_: ProviderAnswer) => {};
  const provider = { capture: () => new Promise<ProviderAnswer>((resolve) => (answer = resolve)) };
  const store = { postpone: () => Promise.resolve() } as Partial<OrderStore>;
  const steps = new SagaSteps({} as OrderHolds, provider as Partial<PaymentProvider> as PaymentProvider);
  const deps = { steps, random: () => 0, logger: silentLogger(), leaseMs: 1_000 };
  const saga = new PaySaga({ ...deps, store: store as OrderStore });
  const order = { orderId: 'd1-o1', attempt: 1, step: 'capturing', tries: 0 } as OrderRecord;
  const told: string[] = [];

  const quick = saga.drive(order, () => told.push('quick'));
  answer({ kind: 'unknown', why: 'test' });
  await quick;
  let slow: Promise<unknown> | undefined;
  await new Promise<void>((resolve) => (slow = saga.drive(order, resolve)));
  answer({ kind: 'unknown', why: 'test' });
  await slow;
  expect(told).toEqual([]);
}, 5_000);
