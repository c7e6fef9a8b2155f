import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy, type Provider } from '@nestjs/common';
import { ServiceConfig } from '@holdfast/config';
import { InventoryClient, LiveFeed, StockView } from '@holdfast/contracts';
import { Clock } from '@holdfast/kernel';
import { Logger, Metrics } from '@holdfast/observability';
import { openSubscriber, RedisConnection, RedisViewReader } from '@holdfast/redis';
import { GatewayFeed } from './gateway-feed';
import { LeaseWatch } from './lease-watch';
import { MirroredStockView } from './mirrored-stock-view';
import { ViewLink } from './view-link';

/** Projectors renew the lease five times a second. A stream that stands still silences them, too: then looking for a better node costs little. */
const SILENT_MS_MAX = 5_000;

/** Follows the projectors while the gateway runs. */
@Injectable()
class ViewLifecycle implements OnApplicationBootstrap, OnModuleDestroy {
  constructor(private readonly link: ViewLink) {}

  onApplicationBootstrap(): void {
    this.link.start();
  }

  onModuleDestroy(): void {
    this.link.stop();
  }
}

function makeMirror(
  redis: RedisConnection,
  inventory: InventoryClient,
  lease: LeaseWatch,
  feed: GatewayFeed,
  clock: Clock,
  logger: Logger,
) {
  const log = logger.child({ part: 'view' });
  return new MirroredStockView({
    view: new RedisViewReader(redis),
    ledger: (dropId) => inventory.stockOf(dropId),
    lease,
    tell: feed.tell,
    onTrouble: (error) => log.debug({ reason: String(error) }, 'counts could not be read'),
    clock,
  });
}

function makeLink(
  { redisUrls, instance }: ServiceConfig,
  mirror: MirroredStockView,
  lease: LeaseWatch,
  feed: GatewayFeed,
  logger: Logger,
) {
  const log = logger.child({ part: 'view' });
  return new ViewLink({
    open: (on) =>
      openSubscriber({ urls: redisUrls, name: `${instance} view`, silentMsMax: SILENT_MS_MAX, ...on }),
    mirror,
    lease,
    feed,
    onTrouble: (error) => log.warn({ reason: String(error) }, 'a turn failed: the next one tries again'),
  });
}

function addMetrics(metrics: Metrics, mirror: MirroredStockView, lease: LeaseWatch) {
  const read = (name: string, help: string, value: () => number) => metrics.gauge(name, help, value);
  read('holdfast_view_stale', 'The counts shown are marked stale: 1 or 0', () =>
    Number(lease.since !== null),
  );
  read('holdfast_view_drops', 'Drops whose counts are kept here', () => mirror.stats().drops);
  metrics.counterOf(
    'holdfast_view_gaps_total',
    'Changes that the feed had not told in their turn',
    () => mirror.stats().gaps,
  );
  metrics.counterOf(
    'holdfast_view_ledger_reads_total',
    'Reads of the ledger in place of the view',
    () => mirror.stats().ledgerReads,
  );
}

/** The counts in a gateway of its own. Needs `RedisConnection`, `InventoryClient`, `ServiceConfig`, `Clock`, `Logger` and `Metrics`. */
export const viewProviders: Provider[] = [
  {
    provide: GatewayFeed,
    inject: [Logger],
    useFactory: (logger: Logger) =>
      new GatewayFeed((fault) =>
        logger.error({ fault: String(fault) }, 'a listener of the live feed failed'),
      ),
  },
  {
    provide: LeaseWatch,
    inject: [Clock, GatewayFeed],
    useFactory: (clock: Clock, feed: GatewayFeed) => new LeaseWatch(clock, feed.tell),
  },
  {
    provide: MirroredStockView,
    inject: [RedisConnection, InventoryClient, LeaseWatch, GatewayFeed, Clock, Logger],
    useFactory: makeMirror,
  },
  {
    provide: ViewLink,
    inject: [ServiceConfig, MirroredStockView, LeaseWatch, GatewayFeed, Logger, Metrics],
    useFactory: (...[config, mirror, lease, feed, logger, metrics]: LinkDeps) => {
      addMetrics(metrics, mirror, lease);
      return makeLink(config, mirror, lease, feed, logger);
    },
  },
  { provide: StockView, useExisting: MirroredStockView },
  { provide: LiveFeed, useExisting: GatewayFeed },
  ViewLifecycle,
];

type LinkDeps = [ServiceConfig, MirroredStockView, LeaseWatch, GatewayFeed, Logger, Metrics];
