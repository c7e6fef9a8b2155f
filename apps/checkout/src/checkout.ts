import type { Runtime } from '@holdfast/config';
import type { CheckoutClient, InventoryClient } from '@holdfast/contracts';
import type { Clock } from '@holdfast/kernel';
import type { Logger } from '@holdfast/observability';
import { openPool, ROLES } from '@holdfast/postgres';
import { PgOrderStore } from './adapters/postgres/pg-order-store';
import { PgOrderKeys } from './adapters/postgres/pg-order-keys';
import { StaleRows } from './adapters/postgres/stale-rows';
import { GuardedProvider } from './adapters/provider/guarded-provider';
import { SandboxBank } from './adapters/sandbox/sandbox-bank';
import { SandboxOffice } from './adapters/sandbox/sandbox-office';
import { SandboxProvider } from './adapters/sandbox/sandbox-provider';
import { SandboxWebhooks } from './adapters/sandbox/sandbox-webhooks';
import { BackgroundWork } from './application/background-work';
import { CheckoutService } from './application/checkout-service';
import { CompleteDue } from './application/complete-due';
import { PaySaga } from './application/pay-saga';
import { PlaceOrderUseCase } from './application/place-order';
import type { OrderStore } from './application/ports/order-store.port';
import type { PaymentProvider } from './application/ports/payment-provider.port';
import { SagaSteps } from './application/saga-steps';
import { type CheckoutTimings, DEFAULT_TIMINGS } from './application/timings';
import { Turnstile } from './application/turnstile';
import { RoundWorker } from './entrypoints/round-worker';

const POOL_MAX = 12; // a payment uses one connection for a millisecond at a time; more only queue in the server
const SANDBOX_POOL_MAX = 6;
const PURGE_EVERY_MS = 600_000; // rows live for days; ten minutes more are nothing

// A payment on an idle machine takes some 15 ms; two dozen keep two cores and the log busy, and more only make all of them late.
// A customer has one purchase in hand, perhaps two; a hundred that wait are somebody's program.
const BEGINNING = { places: 24, placeMs: 1_000, waitMs: 8_000, waiting: 2_000, waitingOfCustomer: 100 };

export interface CheckoutParts {
  inventory: InventoryClient;
  runtime: Runtime;
  clock: Clock;
  logger: Logger;
  /** Sandbox tokens that stall or lose answers are taken. */
  sandboxFaults: boolean;
  timings?: Partial<CheckoutTimings>;
  /** Wrap the ports: tests let calls fail or the process die there. */
  wrapStore?: (store: OrderStore) => OrderStore;
  wrapProvider?: (provider: PaymentProvider) => PaymentProvider;
}

/** Checkout put together: its face, and the work beside it. */
export interface Checkout {
  client: CheckoutClient;
  /** One round of the completer, and of the sandbox's back office. Returns how much there was to do. */
  completeRound(): Promise<number>;
  officeRound(): Promise<number>;
  /** Removes rows that were kept only for a time. */
  purgeRound(): Promise<number>;
  start(): void;
  /** No new work beside the requests. */
  stop(): Promise<void>;
  /** Waits for payments in flight, then closes the pools. */
  close(drainMs: number): Promise<void>;
}

export function buildCheckout(parts: CheckoutParts): Checkout {
  const { inventory, runtime, clock, logger, wrapStore, wrapProvider } = parts;
  const timings = { ...DEFAULT_TIMINGS, ...parts.timings };
  const url = runtime.ledger.checkout;
  const pool = openPool({ url, role: ROLES.checkout, max: POOL_MAX, name: 'holdfast-checkout' });
  const bankPool = openPool({ url, role: ROLES.sandbox, max: SANDBOX_POOL_MAX, name: 'holdfast-sandbox' });
  const origin = () => runtime.address;
  const secrets = runtime.secrets.sandboxWebhookSecrets;

  const store = (wrapStore ?? ((it) => it))(new PgOrderStore(pool));
  const sandbox = (wrapProvider ?? ((it) => it))(new SandboxProvider(bankPool, origin, parts.sandboxFaults));
  const provider = new GuardedProvider(sandbox, clock, timings.providerDeadlineMs);
  const steps = new SagaSteps(inventory, provider);
  const saga = new PaySaga({ store, steps, random: Math.random, logger, leaseMs: timings.leaseMs });
  const background = new BackgroundWork(logger);
  const due = new CompleteDue(store, saga, logger, timings.leaseMs);
  const office = new SandboxOffice({
    pool: bankPool,
    clock,
    logger,
    origin: () => runtime.callbackAddress ?? runtime.address,
    secrets,
  });

  const stale = new StaleRows(pool);
  const purge = async () => (await stale.purge()) + (await office.purge());

  const worker = (name: string, round: (stop: () => boolean) => Promise<number>, everyMs: number) =>
    new RoundWorker(name, round, everyMs, logger);
  const completer = worker('completer', (stop) => due.round(stop), timings.completerEveryMs);
  const officer = worker('sandbox', () => office.round(), timings.sandboxEveryMs);
  const workers = [completer, officer, worker('stale rows', purge, PURGE_EVERY_MS)];

  const client = new CheckoutService({
    store,
    placing: new PlaceOrderUseCase({
      store,
      keys: new PgOrderKeys(pool),
      inventory,
      provider,
      saga,
      background,
      clock,
      timings,
      turnstile: new Turnstile(BEGINNING),
    }),
    readers: [new SandboxWebhooks(secrets, clock)],
    bank: new SandboxBank(bankPool, () => officer.wake()),
    wake: () => completer.wake(),
  });

  return {
    client,
    completeRound: () => due.round(),
    officeRound: () => office.round(),
    start: () => workers.forEach((it) => it.start()),
    stop: async () => void (await Promise.all(workers.map((it) => it.stop()))),
    purgeRound: purge,
    close: async (drainMs) => {
      await background.drain(drainMs);
      await Promise.all([pool.end(), bankPool.end()]);
    },
  };
}
