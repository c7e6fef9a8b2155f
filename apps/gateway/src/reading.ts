import type { Drops, LiveFeed, StockView } from '@holdfast/contracts';
import type { Background, Clock } from '@holdfast/kernel';
import type { Metrics } from '@holdfast/observability';
import { connectionsFor, descriptorLimit } from '@holdfast/process';
import { DropDirectory } from './application/drop-directory';
import { DropMerchants } from './application/drop-merchants';
import { RenderedDrops } from './application/rendered-drops';
import { LiveHub } from './live/live-hub';
import { LIVE_SETTINGS } from './live/live-settings';

export interface ReadingParts {
  drops: Drops;
  view: StockView;
  feed: LiveFeed;
  clock: Clock;
  metrics: Metrics;
}

/** Drops as shoppers read them: at the moment of asking, and live. */
export interface Reading extends Background {
  directory: DropDirectory;
  merchants: DropMerchants;
  rendered: RenderedDrops;
  hub: LiveHub;
}

export function buildReading({ drops, view, feed, clock, metrics }: ReadingParts): Reading {
  const merchants = new DropMerchants((dropId): Promise<unknown> => directory.has(dropId));
  const directory: DropDirectory = new DropDirectory(tellingMerchants(drops, merchants), view, feed, clock);
  // Half of the connections, the other half serves requests.
  const readersMax = Math.min(LIVE_SETTINGS.readersMax, Math.floor(connectionsFor(descriptorLimit()) / 2));
  const hub = new LiveHub(directory, view, feed, clock, { ...LIVE_SETTINGS, readersMax });
  addMetrics(metrics, hub);
  return {
    directory,
    merchants,
    rendered: new RenderedDrops(directory, clock),
    hub,
    start: () => {
      directory.start();
      hub.start();
    },
    /** Says goodbye to live readers first of all. */
    stop: () => {
      hub.stop();
      directory.stop();
    },
  };
}

/** Whatever is read of a drop tells whose it is. */
function tellingMerchants(drops: Drops, merchants: DropMerchants): Pick<Drops, 'listDrops' | 'getDrop'> {
  return {
    getDrop: async (dropId) => {
      const drop = await drops.getDrop(dropId);
      if (drop) merchants.seen(drop.id, drop.merchantId);
      return drop;
    },
    listDrops: (query) => drops.listDrops(query),
  };
}

function addMetrics(metrics: Metrics, hub: LiveHub): void {
  const read = (name: string, help: string, value: () => number) => metrics.gauge(name, help, value);
  read('holdfast_live_readers', 'Readers of live counts at this moment', () => hub.stats().readers);
  read('holdfast_live_drops', 'Drops that somebody reads live at this moment', () => hub.stats().drops);
  metrics.counterOf(
    'holdfast_live_frames_total',
    'Frames sent, each to all readers of a drop',
    () => hub.stats().frames,
  );
  metrics.counterOf(
    'holdfast_live_slow_readers_total',
    'Readers dropped because they were too slow',
    () => hub.stats().slowReaders,
  );
  metrics.counterOf(
    'holdfast_live_refused_total',
    'Readers refused: full, or counts not there yet',
    () => hub.stats().refused,
  );
}
