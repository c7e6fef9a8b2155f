import type { Runtime } from '@holdfast/config';
import type { CHECKOUT_ROLES, InRoles, OrderHolds } from '@holdfast/contracts';
import { type Background, type Clock, PeriodicWorker } from '@holdfast/kernel';
import type { Logger } from '@holdfast/observability';
import { openPool, ROLES } from '@holdfast/postgres';
import type { Pool } from 'pg';
import { PgGhostRecords } from './adapters/postgres/pg-ghost-records';
import { PgOrderFigures } from './adapters/postgres/pg-order-figures';
import { PgMerchantOrders } from './adapters/postgres/pg-merchant-orders';
import { PgOrderTimeline } from './adapters/postgres/pg-order-timeline';
import { PgOrderStore } from './adapters/postgres/pg-order-store';
import { PgOrderKeys } from './adapters/postgres/pg-order-keys';
import { PgOrdersWithoutMerchant } from './adapters/postgres/pg-orders-without-merchant';
import { StaleRows } from './adapters/postgres/stale-rows';
import { sql as orderSql } from './adapters/postgres/sql/sql.generated';
import { GuardedProvider } from './adapters/provider/guarded-provider';
import { sql as sandboxSql } from './adapters/sandbox/sql/sql.generated';
import { SandboxBank } from './adapters/sandbox/sandbox-bank';
import { SandboxWorker } from './adapters/sandbox/sandbox-worker';
import { SandboxProvider } from './adapters/sandbox/sandbox-provider';
import { SandboxWebhooks } from './adapters/sandbox/sandbox-webhooks';
import { BackgroundWork } from './application/background-work';
import { CheckoutService } from './application/checkout-service';
import { CompleteDue } from './application/complete-due';
import { LedgerMerchantOrders } from './application/merchant-orders';
import { MerchantsOfDrops } from './application/merchants-of-drops';
import { PaySaga } from './application/pay-saga';
import { PlaceOrderUseCase } from './application/place-order';
import { REMOVED_GHOSTS_EVERY_MS, RemovedGhosts } from './application/removed-ghosts';
import type { OrderStore } from './application/ports/order-store.port';
import type { PaymentProvider } from './application/ports/payment-provider.port';
import { SagaSteps } from './application/saga-steps';
import { type CheckoutTimings, DEFAULT_TIMINGS } from './application/timings';
import { FairSemaphore } from './application/fair-semaphore';

const POOL_MAX = 12; // a payment uses a connection for a millisecond at a time; more would only queue in the server
const SANDBOX_POOL_MAX = 6;
const MERCHANT_POOL_MAX = 3; // lists and figures, which must not keep a payment waiting
const DRAIN_MS = 1_500; // a completer finishes the rest after the next start
const STOP_WAIT_MS = 1_000; // a call to a silent provider takes four times as long, and the whole product must end within ten seconds
const MERCHANTS_EVERY_MS = 1_000; // without orders that wait for it, one read of an empty index
const PURGE_EVERY_MS = 600_000; // rows are kept for days, so ten minutes do not matter

// A payment on an idle machine takes about 15 ms; two dozen keep two cores and the log busy, and more would only make all of them late.
// A customer has one purchase at a time, perhaps two; a hundred waiting ones come from a bot.
const BEGINNING = { permits: 24, permitMs: 1_000, waitMs: 8_000, waiting: 2_000, waitingOfCustomer: 100 };

export interface CheckoutParts {
  inventory: OrderHolds;
  runtime: Runtime;
  clock: Clock;
  logger: Logger;
  /** Accepts the sandbox tokens that delay or lose answers. */
  sandboxFaults: boolean;
  timings?: Partial<CheckoutTimings>;
  /** Wrap the ports: tests inject failures and crashes there. */
  wrapStore?: (store: OrderStore) => OrderStore;
  wrapProvider?: (provider: PaymentProvider) => PaymentProvider;
}

/** Checkout put together: its face, and the work beside it. */
export interface Checkout extends Background, InRoles<typeof CHECKOUT_ROLES> {
  /** One round of the completer, and of the sandbox. Returns how much there was to do. */
  completeRound(): Promise<number>;
  sandboxRound(): Promise<number>;
  /** Removes expired rows. */
  purgeRound(): Promise<number>;
  /** Removes orders and charges of ghosts that inventory no longer knows. Returns of how many ghosts. */
  ghostRound(): Promise<number>;
  /** Waits for payments in flight, for `drainMs` at most, then closes the pools. */
  close(drainMs?: number): Promise<void>;
}

export function buildCheckout(parts: CheckoutParts): Checkout {
  const { inventory, runtime, clock, logger, wrapStore } = parts;
  const timings = { ...DEFAULT_TIMINGS, ...parts.timings };
  const { pool, bankPool } = openPools(runtime.ledger.checkout);
  const secrets = runtime.secrets.sandboxWebhookSecrets;

  const store = (wrapStore ?? ((it) => it))(new PgOrderStore(pool));
  const provider = new GuardedProvider(sandboxOf(parts, bankPool), clock, timings.providerDeadlineMs);
  const steps = new SagaSteps(inventory, provider);
  const saga = new PaySaga({ store, steps, random: Math.random, logger, leaseMs: timings.leaseMs });
  const background = new BackgroundWork(logger);
  const due = new CompleteDue(store, saga, logger, timings.leaseMs);
  const sandboxWork = new SandboxWorker({
    pool: bankPool,
    clock,
    logger,
    origin: () => runtime.callbackAddress ?? runtime.address,
    secrets,
  });

  const ofMerchants = buildMerchantOrders(runtime.ledger.checkout);
  const merchants = new MerchantsOfDrops(inventory, new PgOrdersWithoutMerchant(pool));
  const ghosts = new RemovedGhosts(inventory, ghostRecords(pool, bankPool), logger);
  const stale = new StaleRows(pool);
  const purge = async () => (await stale.purge()) + (await sandboxWork.purge());

  const worker = (part: string, everyMs: number, run: Run) => workerOf(logger.child({ part }), everyMs, run);
  const completer = worker('completer', timings.completerEveryMs, (stopped) => due.round(stopped));
  const sandboxWorker = worker('sandbox', timings.sandboxEveryMs, () => sandboxWork.run());
  const workers = [
    completer,
    sandboxWorker,
    worker('merchants of orders', MERCHANTS_EVERY_MS, () => merchants.fill()),
    worker('removed ghosts', REMOVED_GHOSTS_EVERY_MS, () => ghosts.run()),
    worker('stale rows', PURGE_EVERY_MS, purge),
  ];

  const keys = new PgOrderKeys(pool);
  const paying = { store, inventory, provider, saga, background, clock, timings };
  const client = new CheckoutService({
    store,
    figures: ofMerchants.figures,
    placing: new PlaceOrderUseCase({ ...paying, keys, merchants, semaphore: new FairSemaphore(BEGINNING) }),
    readers: [new SandboxWebhooks(secrets, clock)],
    bank: new SandboxBank(bankPool, () => sandboxWorker.wake()),
    wake: () => completer.wake(),
  });

  return {
    client,
    merchantOrders: ofMerchants.orders,
    orderTimeline: ofMerchants.timeline,
    completeRound: () => due.round(),
    sandboxRound: () => sandboxWork.run(),
    start: () => workers.forEach((it) => it.start()),
    stop: async () => void (await Promise.all(workers.map((it) => it.stop(STOP_WAIT_MS)))),
    purgeRound: purge,
    ghostRound: () => ghosts.run(),
    close: async (drainMs = DRAIN_MS) => {
      await background.drain(drainMs);
      await Promise.all([pool.end(), bankPool.end(), ofMerchants.close()]);
    },
  };
}

function sandboxOf({ runtime, sandboxFaults, wrapProvider }: CheckoutParts, pool: Pool): PaymentProvider {
  const sandbox = new SandboxProvider(pool, () => runtime.address, sandboxFaults);
  return wrapProvider ? wrapProvider(sandbox) : sandbox;
}

function openPools(url: string) {
  return {
    pool: openPool({ url, role: ROLES.checkout, max: POOL_MAX, name: 'holdfast-checkout' }),
    bankPool: openPool({ url, role: ROLES.sandbox, max: SANDBOX_POOL_MAX, name: 'holdfast-sandbox' }),
  };
}

function ghostRecords(orders: Pool, charges: Pool) {
  return {
    orders: new PgGhostRecords(orders, { find: orderSql.ghostsWithOrders, remove: orderSql.removeGhost }),
    charges: new PgGhostRecords(charges, {
      find: sandboxSql.ghostsWithCharges,
      remove: sandboxSql.removeGhost,
    }),
  };
}

/** What merchants read of orders, on connections that see the rows of one merchant. */
function buildMerchantOrders(url: string) {
  const role = ROLES.checkoutMerchant;
  const pool = openPool({ url, role, max: MERCHANT_POOL_MAX, name: 'holdfast-merchants' });
  return {
    orders: new LedgerMerchantOrders(new PgMerchantOrders(pool)),
    figures: new PgOrderFigures(pool),
    timeline: new PgOrderTimeline(pool),
    close: () => pool.end(),
  };
}

/** Returns how much it did: while there is something to do the next run follows at once. */
type Run = (stopped: AbortSignal) => Promise<number>;

function workerOf(log: Logger, everyMs: number, run: Run): PeriodicWorker {
  return new PeriodicWorker({
    everyMs,
    run: async (stopped) => (await run(stopped)) > 0,
    onError: (error) => log.warn({ err: error }, 'run failed, retrying at the next interval'),
  });
}
