import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { JwtModule } from '@nestjs/jwt';
import { PassportModule } from '@nestjs/passport';
import { TerminusModule } from '@nestjs/terminus';
import { ThrottlerModule } from '@nestjs/throttler';
import { AppConfig } from '@holdfast/config';
import {
  ApiKeys,
  CheckoutClient,
  Drops,
  Figures,
  LiveFeed,
  DropTimeline,
  MerchantDrops,
  Merchants,
  OrderTimeline,
  Products,
  Revocations,
  SignIn,
  StockView,
  ShopperHolds,
} from '@holdfast/contracts';
import { Clock, Lifecycle, lifeOf, made, partOf, SystemClock } from '@holdfast/kernel';
import { Logger, Metrics, SecurityEvents } from '@holdfast/observability';
import { standaloneAdapters } from './adapters.standalone';
import { Admissions } from './application/admissions';
import { DropDirectory } from './application/drop-directory';
import { DropFigures } from './application/drop-figures';
import { DropMerchants } from './application/drop-merchants';
import { LimitStore } from './application/ports/limit-store.port';
import { ProductFiles } from './application/ports/product-files.port';
import { ProductImport } from './application/product-import';
import { RenderedDrops } from './application/rendered-drops';
import { Timeline } from './application/timeline';
import { TickCounter } from './application/tick-counter';
import { TickSender } from './application/tick-sender';
import { AllowedOrigins } from './entrypoints/http/access/allowed-origins';
import { Ghosts } from './entrypoints/http/access/ghosts';
import { GuestStrategy } from './entrypoints/http/access/guest.strategy';
import { Operators } from './entrypoints/http/access/operator';
import { KnownGuests } from './entrypoints/http/access/known-guests';
import { MerchantAccess } from './entrypoints/http/access/merchant-access';
import { OpenAccess } from './entrypoints/http/access/open-access';
import { PolicyCheck } from './entrypoints/http/access/policy-check';
import { PolicyGuard } from './entrypoints/http/access/policy.guard';
import { RevocationWatch } from './entrypoints/http/access/revocation-watch';
import { Tokens } from './entrypoints/http/access/tokens';
import { Allowances } from './entrypoints/http/limits/allowances';
import { AddressShares } from './entrypoints/http/limits/address-shares';
import { LimitsGuard } from './entrypoints/http/limits/limits.guard';
import { MerchantTurns } from './entrypoints/http/limits/merchant-turns';
import { Networks } from './entrypoints/http/limits/networks';
import { BankForm } from './entrypoints/http/pages/bank-form';
import { AdminPageController } from './entrypoints/http/routes/admin-page.controller';
import { ApiKeysController } from './entrypoints/http/routes/admin/api-keys.controller';
import { DropStepsController } from './entrypoints/http/routes/admin/drop-steps.controller';
import { MerchantDropsController } from './entrypoints/http/routes/admin/drops.controller';
import { DropHoldsController } from './entrypoints/http/routes/admin/drop-holds.controller';
import { FiguresController } from './entrypoints/http/routes/admin/figures.controller';
import { AuditController } from './entrypoints/http/routes/admin/audit.controller';
import { Download } from './entrypoints/http/routes/admin/download';
import { KeyedSecrets } from './entrypoints/http/routes/admin/keyed-secrets';
import { MerchantController } from './entrypoints/http/routes/admin/merchant.controller';
import { MerchantOrdersController } from './entrypoints/http/routes/admin/orders.controller';
import { ProductImportController } from './entrypoints/http/routes/admin/product-import.controller';
import { TimelineController } from './entrypoints/http/routes/admin/timeline.controller';
import { ProductsController } from './entrypoints/http/routes/admin/products.controller';
import { AdmissionController } from './entrypoints/http/routes/admin/admission.controller';
import { RehearsalsController } from './entrypoints/http/routes/admin/rehearsals.controller';
import { StaffController } from './entrypoints/http/routes/admin/staff.controller';
import { AuditKeysController } from './entrypoints/http/routes/audit-keys.controller';
import { StockAdjustmentsController } from './entrypoints/http/routes/admin/stock-adjustments.controller';
import { OwnAccountController } from './entrypoints/http/routes/auth/own-account.controller';
import { SignInController } from './entrypoints/http/routes/auth/sign-in.controller';
import { BankController } from './entrypoints/http/routes/bank.controller';
import { DocsController } from './entrypoints/http/routes/docs.controller';
import { DropsController } from './entrypoints/http/routes/drops.controller';
import { HealthController } from './entrypoints/http/routes/health.controller';
import { HoldsController } from './entrypoints/http/routes/holds.controller';
import { MetricsController } from './entrypoints/http/routes/metrics.controller';
import { OrdersController } from './entrypoints/http/routes/orders.controller';
import { PagesController } from './entrypoints/http/routes/pages.controller';
import { ProblemsController } from './entrypoints/http/routes/problems.controller';
import { SessionsController } from './entrypoints/http/routes/sessions.controller';
import { WebhooksController } from './entrypoints/http/routes/webhooks.controller';
import { CompressedTexts } from './entrypoints/http/server/content-coding';
import { EdgeCounts } from './entrypoints/http/server/edge-counts';
import { Readiness } from './entrypoints/http/server/readiness';
import { LaunchController } from './live/launch/launch.controller';
import { LaunchHub } from './live/launch/launch-hub';
import { LaunchPlaces } from './live/launch/launch-places';
import { LiveController } from './live/live.controller';
import { LiveHub } from './live/live-hub';
import { StreamPlaces } from './live/stream-places';
import { buildLaunchHub } from './launch';
import { buildReading, type Reading } from './reading';

const READING = Symbol('reading');
const part = partOf<Reading>(READING);

const application: Provider[] = [
  { provide: Clock, useClass: SystemClock },
  {
    provide: READING,
    inject: [Drops, StockView, LiveFeed, Clock, Metrics],
    useFactory: (drops: Drops, view: StockView, feed: LiveFeed, clock: Clock, metrics: Metrics) =>
      buildReading({ drops, view, feed, clock, metrics }),
  },
  part(Lifecycle, (reading) => new Lifecycle(reading)),
  part(DropDirectory, ({ directory }) => directory),
  part(DropMerchants, ({ merchants }) => merchants),
  part(RenderedDrops, ({ rendered }) => rendered),
  part(LiveHub, ({ hub }) => hub),
  {
    provide: Admissions,
    inject: [DropDirectory, StockView, ShopperHolds, LiveFeed, LimitStore, Clock],
    useFactory: (
      directory: DropDirectory,
      stock: StockView,
      holds: ShopperHolds,
      feed: LiveFeed,
      limits: LimitStore,
      clock: Clock,
    ) => new Admissions({ directory, stock, holds, feed, limits, clock }),
  },
  lifeOf(Admissions),
  made(StreamPlaces, [Operators, AppConfig, SecurityEvents]),
  made(DropFigures, [Figures, CheckoutClient, Clock]),
  {
    provide: Timeline,
    inject: [DropTimeline, OrderTimeline],
    useFactory: (drops: DropTimeline, orders: OrderTimeline) => new Timeline(drops, orders),
  },
  {
    provide: LaunchHub,
    inject: [MerchantDrops, Figures, CheckoutClient, StockView, LiveFeed, DropFigures, Clock, Metrics],
    useFactory: (
      drops: MerchantDrops,
      figures: Figures,
      checkout: CheckoutClient,
      view: StockView,
      feed: LiveFeed,
      totals: DropFigures,
      clock: Clock,
      metrics: Metrics,
    ) => buildLaunchHub({ drops, figures, checkout, view, feed, totals, clock, metrics }),
  },
  lifeOf(LaunchHub),
  made(LaunchPlaces, [AppConfig, SecurityEvents]),
  made(ProductImport, [ProductFiles, Products]),
  CompressedTexts,
  TickCounter,
  {
    provide: Symbol('life of the tick sender'),
    inject: [TickCounter, Figures, LiveHub, Clock, Logger],
    useFactory: (counter: TickCounter, figures: Figures, hub: LiveHub, clock: Clock, logger: Logger) =>
      new Lifecycle(
        new TickSender({
          counter,
          figures,
          readers: () => hub.readersByDrop(),
          clock,
          onError: (error) => logger.debug({ reason: String(error) }, 'figures could not be sent, retrying'),
        }),
      ),
  },
];

const access = [
  Tokens,
  KnownGuests,
  GuestStrategy,
  Ghosts,
  Operators,
  {
    provide: RevocationWatch,
    inject: [Revocations, Clock, Logger],
    useFactory: (revocations: Revocations, clock: Clock, logger: Logger) =>
      new RevocationWatch(revocations, clock, (error) =>
        logger.debug({ reason: String(error) }, 'revocations could not be read, retrying'),
      ),
  },
  lifeOf(RevocationWatch),
  {
    provide: OpenAccess,
    inject: [RevocationWatch, MerchantAccess, Clock, Logger],
    useFactory: (watch: RevocationWatch, access: MerchantAccess, clock: Clock, logger: Logger) =>
      new OpenAccess(watch, access, clock, (error) =>
        logger.debug({ reason: String(error) }, 'open streams could not be checked, retrying'),
      ),
  },
  lifeOf(OpenAccess),
  {
    provide: AllowedOrigins,
    inject: [Merchants, Logger],
    useFactory: (merchants: Merchants, logger: Logger) =>
      new AllowedOrigins(merchants, (error) =>
        logger.debug({ reason: String(error) }, 'allowed origins could not be read, retrying'),
      ),
  },
  lifeOf(AllowedOrigins),
  made(MerchantAccess, [RevocationWatch, ApiKeys, Merchants, SignIn, Clock]),
  KeyedSecrets,
  Download,
  PolicyCheck,
  Allowances,
  AddressShares,
  { provide: MerchantTurns, useFactory: () => new MerchantTurns() },
  Networks,
  BankForm,
  // In this order: authentication before limits.
  PolicyGuard,
  { provide: APP_GUARD, useExisting: PolicyGuard },
  { provide: APP_GUARD, useClass: LimitsGuard },
];

export interface GatewayParts {
  /** Give `ShopperHolds`, `Drops`, `CheckoutClient`, `MerchantStock`, `MerchantOrders`, `StockView`, `LiveFeed`, `Products` and the ports of accounts. */
  imports: NonNullable<DynamicModule['imports']>;
  /** Provide `LimitStore`, `SessionFamilies`, `ProductFiles` and `ReadinessChecks`. */
  adapters?: readonly Provider[];
}

/** The public edge. */
@Module({})
export class GatewayModule {
  static register({ imports, adapters = standaloneAdapters }: GatewayParts): DynamicModule {
    return {
      module: GatewayModule,
      imports: [
        ...imports,
        JwtModule.register({}),
        PassportModule,
        // `LimitsGuard` goes by `limitPolicies`; the library wants a list, and warns of an empty one.
        ThrottlerModule.forRoot([{ ttl: 60_000, limit: 30 }]),
        TerminusModule.forRoot({ logger: false }),
      ],
      controllers: [
        SessionsController,
        DropsController,
        HoldsController,
        OrdersController,
        WebhooksController,
        SignInController,
        OwnAccountController,
        MerchantController,
        StaffController,
        ApiKeysController,
        MerchantDropsController,
        DropStepsController,
        ProductsController,
        ProductImportController,
        FiguresController,
        TimelineController,
        RehearsalsController,
        AdmissionController,
        AuditController,
        AuditKeysController,
        StockAdjustmentsController,
        DropHoldsController,
        MerchantOrdersController,
        BankController,
        HealthController,
        MetricsController,
        ProblemsController,
        DocsController,
        PagesController,
        AdminPageController,
        LiveController,
        LaunchController,
      ],
      providers: [...adapters, ...application, ...access, EdgeCounts, Readiness],
    };
  }
}
