import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { createGatewayApp } from '../../apps/gateway/src/bootstrap';
import { standaloneAdapters } from '../../apps/gateway/src/adapters.standalone';
import { ReadinessChecks } from '../../apps/gateway/src/entrypoints/http/server/readiness-checks';
import {
  CONNECTION_SETTINGS,
  type ConnectionSettings,
} from '../../apps/gateway/src/entrypoints/http/server/connections/connection-settings';
import { GatewayModule } from '../../apps/gateway/src/gateway.module';
import { AppConfig, ConfigModule, Runtime, sameUrl } from '@holdfast/config';
import {
  type AddTicks,
  type BankChallenge,
  CheckoutClient,
  type DropRecord,
  type DropSummary,
  type Hold,
  type Drops,
  INVENTORY_ROLES,
  LISTED_ITEMS_MAX,
  type ListHolds,
  LiveFeed,
  type LiveListener,
  type LiveMessage,
  type MerchantDrops,
  MerchantOrders,
  NO_ADMISSION,
  type MerchantStock,
  type PlaceHold,
  type PlaceOrder,
  type Products,
  type Rehearsals,
  type ShopperHolds,
  StockView,
  type StockRow,
  type Tick,
  OrderTimeline,
} from '@holdfast/contracts';
import { MERCHANT_QUOTAS } from '@holdfast/kernel';
import { ObservabilityModule } from '@holdfast/observability';
import { FakeAccounts } from './fake-accounts';

export const DROP_ID = 'd1234567';
export const SECRETS = {
  sessionKey: 's'.repeat(43),
  operatorKey: 'o'.repeat(43),
  sandboxWebhookSecrets: ['w'.repeat(43)],
  databasePassword: 'p'.repeat(43),
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
};

const EUR = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });

export function aDrop(more: Partial<DropRecord> = {}): DropRecord {
  return {
    id: DROP_ID,
    merchantId: 'mer_1',
    name: 'Shirts',
    description: '',
    imageUrl: null,
    state: 'open',
    mode: 'first-come',
    opensAt: '2026-01-01T00:00:00.000Z',
    closesAt: null,
    perCustomerLimit: 4,
    holdTtlSeconds: 300,
    stockDisplay: 'exact',
    admission: NO_ADMISSION,
    revision: 1,
    createdAt: '2026-01-01T00:00:00.000Z',
    items: [{ sku: 'TEE-M', name: 'Tee M', price: EUR(2500), imageUrl: null }],
    ...more,
  };
}

function summaryOf(drop: DropRecord): DropSummary {
  const prices = drop.items.map(({ price }) => price).sort((a, b) => a.amountMinor - b.amountMinor);
  return {
    ...drop,
    items: drop.items.slice(0, LISTED_ITEMS_MAX),
    itemCount: drop.items.length,
    priceRange: prices.length > 0 ? { lowest: prices[0]!, highest: prices.at(-1)! } : null,
  };
}

/** The other side of the gateway, in memory. What it answers can be set; what it was asked is kept. */
export class FakeBackend {
  drops = new Map<string, DropRecord>([[DROP_ID, aDrop()]]);
  stock: StockRow[] = [
    {
      dropId: DROP_ID,
      sku: 'TEE-M',
      epoch: 0,
      version: 1,
      total: 10,
      available: 10,
      held: 0,
      sold: 0,
      asOf: '2026-01-01T00:00:00.000Z',
    },
  ];
  staleSince: string | null = null;
  /** What readiness asks; by default what it asks in one process. */
  readiness: ReadinessChecks | undefined;
  placed: PlaceHold[] = [];
  ordered: PlaceOrder[] = [];
  delivered: { provider: string; body: string }[] = [];
  listed: ListHolds[] = [];
  reads = 0;
  /** Thrown by whatever is asked next. */
  fault: Error | undefined;
  readonly holds = new Map<string, Hold>();
  challenge: BankChallenge = {
    reference: 'pay_1',
    amount: EUR(2500),
    state: 'open',
    returnPath: `/d/${DROP_ID}?order=o1`,
  };
  readonly accounts = new FakeAccounts();
  readonly ticks: Tick[] = [];
  private readonly listeners = new Set<LiveListener>();

  readonly figures = {
    addTicks: async ({ ticks }: AddTicks) => {
      this.ticks.push(...ticks);
      return { kind: 'added' } as const;
    },
    recentTicks: () => this.answer(() => null),
    dropStats: () => this.answer(() => null),
    dropLife: () => this.answer(() => null),
    dropSeries: () => this.answer(() => []),
  };

  readonly dropTimeline = { dropTimeline: () => this.answer(() => null) };
  readonly orderTimeline = { orderTimeline: () => this.answer(() => null) };

  readonly inventory = {
    placeHold: (command: PlaceHold) => this.answer(() => this.place(command)),
    releaseHold: ({ holdId }: { holdId: string }) =>
      this.answer(() => ({ kind: this.holds.has(holdId) ? 'released' : 'not-found' }) as const),
    getHold: ({ holdId }: { holdId: string }) => this.answer(() => this.holds.get(holdId) ?? null),
    listHolds: (query: ListHolds) =>
      this.answer(() => {
        this.listed.push(query);
        return { items: [...this.holds.values()], nextCursor: null };
      }),
    listDrops: () =>
      this.answer(() => ({ items: [...this.drops.values()].map(summaryOf), nextCursor: null })),
    getDrop: (dropId: string) =>
      this.answer(() => {
        this.reads += 1;
        return this.drops.get(dropId) ?? null;
      }),
  } as unknown as ShopperHolds & Drops;

  readonly products = {
    listProducts: () => this.answer(() => ({ items: [], nextCursor: null })),
    getProduct: () => this.answer(() => null),
    changeProduct: () => this.answer(() => ({ kind: 'not-found' }) as const),
    deleteProduct: () => this.answer(() => ({ kind: 'not-found' }) as const),
  } as unknown as Products;

  /** A merchant without drops. */
  readonly merchantStock = {
    ownsDrop: () => this.answer(() => false),
    listAdjustments: () => this.answer(() => null),
    listDropHolds: () => this.answer(() => null),
  } as unknown as MerchantStock;

  readonly merchantOrders = {
    listMerchantOrders: () => this.answer(() => ({ items: [], nextCursor: null })),
    getMerchantOrder: () => this.answer(() => null),
  } as unknown as MerchantOrders;

  readonly checkout = {
    placeOrder: (command: PlaceOrder) =>
      this.answer(() => {
        this.ordered.push(command);
        const body = `{"id":"${DROP_ID}-o1","state":"paid"}`;
        return { kind: 'answered', status: 201, orderId: `${DROP_ID}-o1`, body, replayed: false } as const;
      }),
    getOrder: () => this.answer(() => null),
    listOrders: () => this.answer(() => ({ items: [], nextCursor: null })),
    receiveWebhook: ({ provider, rawBody }: { provider: string; rawBody: Buffer }) =>
      this.answer(() => {
        this.delivered.push({ provider, body: rawBody.toString() });
        return { kind: provider === 'sandbox' ? 'accepted' : 'unknown-provider' } as const;
      }),
    getBankChallenge: (reference: string) =>
      this.answer(() => (reference === this.challenge.reference ? this.challenge : null)),
    answerBankChallenge: (reference: string, answer: 'approve' | 'deny') =>
      this.answer(() => {
        if (reference !== this.challenge.reference) return null;
        this.challenge = { ...this.challenge, state: answer === 'approve' ? 'approved' : 'denied' };
        return this.challenge;
      }),
  } as unknown as CheckoutClient;

  /** Nobody has any. */
  readonly merchantDrops = {
    listMerchantDrops: () => this.answer(() => ({ items: [], nextCursor: null })),
    getMerchantDrop: () => this.answer(() => null),
    changeAdmission: () => this.answer(() => ({ kind: 'not-found' }) as const),
    ...Object.fromEntries(
      ['create', 'change', 'schedule', 'step', 'duplicate', 'delete'].map((what) => [
        `${what}MerchantDrop`,
        () => this.answer(() => ({ kind: 'not-found' }) as const),
      ]),
    ),
  } as unknown as MerchantDrops;

  readonly rehearsals = {
    startRehearsal: () => this.answer(() => ({ kind: 'not-found' }) as const),
    listRehearsals: () => this.answer(() => null),
    getRehearsal: () => this.answer(() => null),
    rehearsalReport: () => this.answer(() => null),
    stopRehearsal: () => this.answer(() => null),
  } as unknown as Rehearsals;

  readonly view = {
    apply: () => Promise.resolve([]),
    ofDrop: (dropId: string) => Promise.resolve(this.stock.filter((row) => row.dropId === dropId)),
    freshness: () => Promise.resolve({ staleSince: this.staleSince }),
    setFreshness: () => Promise.resolve(),
  } as unknown as StockView;

  readonly feed = {
    publish: (message: LiveMessage) => {
      for (const listener of this.listeners) listener(message);
      return Promise.resolve();
    },
    subscribe: (listener: LiveListener) => {
      this.listeners.add(listener);
      return () => void this.listeners.delete(listener);
    },
  };

  private answer<T>(make: () => T): Promise<T> {
    const { fault } = this;
    return fault ? Promise.reject(fault) : Promise.resolve().then(make);
  }

  private place(command: PlaceHold) {
    this.placed.push(command);
    const { dropId, customerId, key, lines } = command;
    if (!this.drops.has(dropId)) return { kind: 'drop-not-found' } as const;
    const unknown = lines.flatMap(({ sku }, i) => (sku === 'TEE-M' ? [] : [i]));
    if (unknown.length > 0) return { kind: 'unknown-sku', lineIndexes: unknown } as const;
    if (lines[0]!.quantity > 10) return { kind: 'refused', reason: 'sold-out', shortLines: [0] } as const;
    const id = `${dropId}-h${Buffer.from(key).toString('hex').padEnd(26, '0').slice(0, 26)}`;
    const known = this.holds.get(id);
    const hold: Hold = known ?? {
      id,
      dropId,
      customerId,
      state: 'held',
      lines: lines.map((line) => ({ ...line, price: EUR(2500) })),
      total: EUR(2500),
      expiresAt: '2026-01-01T00:05:00.000Z',
      createdAt: '2026-01-01T00:00:00.000Z',
    };
    this.holds.set(id, hold);
    return { kind: 'held', hold, replayed: known !== undefined } as const;
  }
}

@Module({})
class FakeServices {
  static with(backend: FakeBackend): DynamicModule {
    const { figures, merchantDrops, merchantStock, products, dropTimeline, rehearsals } = backend;
    const own: Record<string, object> = {
      ...{ figures, merchantDrops, merchantStock, products, dropTimeline, rehearsals },
    };
    const providers = [
      ...Object.entries(INVENTORY_ROLES).map(([name, provide]) => ({
        provide,
        useValue: own[name] ?? backend.inventory,
      })),
      { provide: CheckoutClient, useValue: backend.checkout },
      { provide: OrderTimeline, useValue: backend.orderTimeline },
      { provide: MerchantOrders, useValue: backend.merchantOrders },
      { provide: StockView, useValue: backend.view },
      { provide: LiveFeed, useValue: backend.feed },
      ...backend.accounts.providers,
    ];
    return { module: FakeServices, providers, exports: providers.map(({ provide }) => provide) };
  }
}

@Module({})
class FakeProduct {}

/** A gateway before a backend in memory; not listening yet. */
export async function startEdge(
  backend: FakeBackend,
  settings: Partial<AppConfig> = {},
  more: NonNullable<DynamicModule['imports']> = [],
  connections: Partial<ConnectionSettings> = {},
  adapters: readonly Provider[] = [],
): Promise<NestFastifyApplication> {
  const config: AppConfig = Object.freeze({
    mode: 'standalone',
    host: '127.0.0.1',
    port: 0,
    dataDir: '/nowhere',
    databaseUrl: null,
    demo: false,
    limits: false,
    merchantQuotas: settings.limits ? MERCHANT_QUOTAS : null,
    paymentWindowSeconds: 60,
    proxyHops: 0,
    publicAddress: null,
    sandboxFaults: true,
    auditDir: null,
    logLevel: 'silent',
    ...settings,
  });
  const app = await createGatewayApp(
    {
      module: FakeProduct,
      imports: [
        ConfigModule.with(config, new Runtime(sameUrl('postgres://nowhere'), SECRETS)),
        ObservabilityModule,
        GatewayModule.register({
          imports: [FakeServices.with(backend)],
          adapters: [
            ...standaloneAdapters,
            ...(backend.readiness ? [{ provide: ReadinessChecks, useValue: backend.readiness }] : []),
            ...adapters,
          ],
        }),
        ...more,
      ],
    },
    config,
    { ...CONNECTION_SETTINGS, ...connections },
  );
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return app;
}
