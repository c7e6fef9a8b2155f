import type { ServiceConfig } from '@holdfast/config';
import {
  type AccountsCalls,
  type CheckoutCalls,
  InProcessFeed,
  type InventoryCalls,
  type LiveFeed,
  type ShopperHolds,
  type StockView,
} from '@holdfast/contracts';
import type { Background, Clock } from '@holdfast/kernel';
import type { Logger, Metrics } from '@holdfast/observability';
import { openSubscriber, type RedisConnection, RedisViewReader } from '@holdfast/redis';
import { connectPeers, remoteAccounts, remoteCheckout, remoteInventory } from '@holdfast/transport';
import { LatchedHolds } from './adapters/latch/latched-holds';
import { LeaseWatch } from './adapters/view/lease-watch';
import { MirroredStockView } from './adapters/view/mirrored-stock-view';
import { ViewLink } from './adapters/view/view-link';

/** Projectors renew the lease five times a second. A stream that stands still silences them, too: then looking for a better node costs little. */
const SILENT_MS_MAX = 5_000;

export interface RemoteParts {
  config: ServiceConfig;
  /** Proves to the other services that we are one of them. */
  key: string;
  redis: RedisConnection;
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
}

/** The other services as a gateway of the cluster mode reaches them, and what it keeps of the counts. */
export interface RemoteServices extends Background {
  /** Of shoppers, by the latch. */
  holds: ShopperHolds;
  inventory: InventoryCalls;
  checkout: CheckoutCalls;
  accounts: AccountsCalls;
  view: StockView;
  feed: LiveFeed;
}

export function connectServices({ config, key, redis, clock, logger, metrics }: RemoteParts): RemoteServices {
  const { inventoryAddresses, checkoutAddresses, accountsAddresses, tls, redisUrls, instance } = config;
  const connect = (service: 'inventory' | 'checkout' | 'accounts', addresses: readonly string[]) =>
    connectPeers({ service, addresses, key, tls, logger });
  const peers = {
    inventory: connect('inventory', inventoryAddresses),
    checkout: connect('checkout', checkoutAddresses),
    accounts: connect('accounts', accountsAddresses),
  };
  const inventory = remoteInventory(peers.inventory);

  const feed = new InProcessFeed((fault) =>
    logger.error({ fault: String(fault) }, 'live feed listener failed'),
  );
  const log = logger.child({ part: 'view' });
  const lease = new LeaseWatch(clock, feed.publish);
  const mirror = new MirroredStockView({
    view: new RedisViewReader(redis),
    ledger: (dropId) => inventory.stockOf(dropId),
    lease,
    tell: feed.publish,
    onTrouble: (error) => log.debug({ reason: String(error) }, 'counts could not be read, retrying'),
    clock,
  });
  const link = new ViewLink({
    open: (on) =>
      openSubscriber({ urls: redisUrls, name: `${instance} view`, silentMsMax: SILENT_MS_MAX, ...on }),
    mirror,
    lease,
    feed,
    onTrouble: (error) => log.warn({ reason: String(error) }, 'run failed, retrying at the next interval'),
  });
  const latched = new LatchedHolds(inventory, inventory, feed, clock);
  addMetrics(metrics, mirror, lease, latched);

  return {
    holds: latched,
    inventory,
    checkout: remoteCheckout(peers.checkout),
    accounts: remoteAccounts(peers.accounts),
    view: mirror,
    feed,
    start: () => {
      latched.start();
      link.start();
    },
    stop: () => {
      latched.stop();
      link.stop();
    },
    close: () => Object.values(peers).forEach((each) => each.close()),
  };
}

function addMetrics(metrics: Metrics, mirror: MirroredStockView, lease: LeaseWatch, latch: LatchedHolds) {
  metrics.gauge('holdfast_view_stale', 'The counts shown are marked stale: 1 or 0', () =>
    Number(lease.since !== null),
  );
  metrics.gauge('holdfast_view_drops', 'Drops whose counts are kept here', () => mirror.stats().drops);
  const count = (name: string, help: string, value: () => number) => metrics.counterOf(name, help, value);
  count(
    'holdfast_view_gaps_total',
    'Changes that the feed had not told in their turn',
    () => mirror.stats().gaps,
  );
  count(
    'holdfast_view_ledger_reads_total',
    'Reads of the ledger in place of the view',
    () => mirror.stats().ledgerReads,
  );
  const { counts } = latch;
  count('holdfast_latch_refusals_total', 'Holds refused from memory as sold out.', () => counts.refused);
  count('holdfast_latch_certificates_total', 'Certificates of shortage.', () => counts.certificates);
  count('holdfast_latch_unsure_total', 'Questions for a certificate that brought none.', () => counts.unsure);
}
