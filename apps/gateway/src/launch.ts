import type { CheckoutClient, Figures, LiveFeed, MerchantDrops, StockView } from '@holdfast/contracts';
import type { Clock } from '@holdfast/kernel';
import type { Metrics } from '@holdfast/observability';
import type { DropFigures } from './application/drop-figures';
import { renderStats } from './entrypoints/http/routes/admin/render-stats';
import { LaunchHub } from './live/launch/launch-hub';
import { LAUNCH_SETTINGS } from './live/launch/launch-settings';
import { LaunchSource } from './live/launch/launch-source';

export interface LaunchParts {
  drops: MerchantDrops;
  figures: Figures;
  checkout: CheckoutClient;
  view: StockView;
  feed: LiveFeed;
  totals: DropFigures;
  clock: Clock;
  metrics: Metrics;
}

/** Launches as merchants watch them. */
export function buildLaunchHub({ feed, totals, clock, metrics, ...sources }: LaunchParts): LaunchHub {
  const settings = LAUNCH_SETTINGS;
  const source = new LaunchSource({ ...sources, clock, readMsMax: settings.readMsMax });
  const stats = async ({ merchantId, dropId }: { merchantId: string; dropId: string }) => {
    const found = await totals.of(merchantId, dropId);
    return found && renderStats(found);
  };
  const hub = new LaunchHub(feed, stats, { source, clock, settings, counted: { ticks: 0, slowWatchers: 0 } });
  const read = (name: string, help: string, value: () => number) => metrics.gauge(name, help, value);
  read('holdfast_launch_watchers', 'Merchants that watch a launch here', () => hub.stats().watchers);
  read('holdfast_launch_drops', 'Drops whose launch is watched here', () => hub.stats().drops);
  metrics.counterOf(
    'holdfast_launch_ticks_total',
    'Ticks sent, each to all watchers of a drop',
    () => hub.stats().ticks,
  );
  metrics.counterOf(
    'holdfast_launch_slow_watchers_total',
    'Watchers dropped because they were too slow',
    () => hub.stats().slowWatchers,
  );
  return hub;
}
