import {
  type DynamicModule,
  Injectable,
  Module,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { JwtModule } from '@nestjs/jwt';
import { PassportModule } from '@nestjs/passport';
import { TerminusModule } from '@nestjs/terminus';
import { ThrottlerModule } from '@nestjs/throttler';
import { InventoryClient, LiveFeed, StockView } from '@holdfast/contracts';
import { Clock, SystemClock } from '@holdfast/kernel';
import { sessionProviders } from './adapters/sessions/session.providers';
import { limitProviders } from './adapters/limits/limits.providers';
import { DropDirectory } from './application/drop-directory';
import { RenderedDrops } from './application/rendered-drops';
import { GuestStrategy } from './entrypoints/http/access/guest.strategy';
import { Operators } from './entrypoints/http/access/operator';
import { KnownGuests } from './entrypoints/http/access/known-guests';
import { PolicyGuard } from './entrypoints/http/access/policy.guard';
import { Tokens } from './entrypoints/http/access/tokens';
import { Allowances } from './entrypoints/http/limits/allowances';
import { AddressShares } from './entrypoints/http/limits/address-shares';
import { LimitsGuard } from './entrypoints/http/limits/limits.guard';
import { Networks } from './entrypoints/http/limits/networks';
import { BankForm } from './entrypoints/http/pages/bank-form';
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
import { readinessProviders } from './entrypoints/http/server/readiness.providers';
import { liveControllers, liveProviders } from './live/live.providers';

/** Listens to the feed while the product runs. */
@Injectable()
class DirectoryLifecycle implements OnApplicationBootstrap, OnModuleDestroy {
  constructor(private readonly directory: DropDirectory) {}

  onApplicationBootstrap(): void {
    this.directory.start();
  }

  onModuleDestroy(): void {
    this.directory.stop();
  }
}

const application = [
  { provide: Clock, useClass: SystemClock },
  {
    provide: DropDirectory,
    useFactory: (...deps: DirectoryDeps) => new DropDirectory(...deps),
    inject: [InventoryClient, StockView, LiveFeed, Clock],
  },
  {
    provide: RenderedDrops,
    useFactory: (directory: DropDirectory, clock: Clock) => new RenderedDrops(directory, clock),
    inject: [DropDirectory, Clock],
  },
  DirectoryLifecycle,
  CompressedTexts,
];

type DirectoryDeps = [InventoryClient, StockView, LiveFeed, Clock];

const access = [
  Tokens,
  KnownGuests,
  GuestStrategy,
  Operators,
  Allowances,
  AddressShares,
  Networks,
  ...limitProviders,
  ...sessionProviders,
  BankForm,
  // In this order: who you are is told before how much you may.
  { provide: APP_GUARD, useClass: PolicyGuard },
  { provide: APP_GUARD, useClass: LimitsGuard },
];

/** The public edge. `imports` give it `InventoryClient`, `CheckoutClient`, `StockView` and `LiveFeed`. */
@Module({})
export class GatewayModule {
  static register({ imports }: Pick<DynamicModule, 'imports'>): DynamicModule {
    return {
      module: GatewayModule,
      imports: [
        ...(imports ?? []),
        JwtModule.register({}),
        PassportModule,
        // The limits themselves stand in the guard; the library asks for a list.
        ThrottlerModule.forRoot([{ ttl: 60_000, limit: 30 }]),
        TerminusModule.forRoot({ logger: false }),
      ],
      controllers: [
        SessionsController,
        DropsController,
        HoldsController,
        OrdersController,
        WebhooksController,
        BankController,
        HealthController,
        MetricsController,
        ProblemsController,
        DocsController,
        PagesController,
        ...liveControllers,
      ],
      providers: [...application, ...access, EdgeCounts, ...readinessProviders, ...liveProviders],
    };
  }
}
