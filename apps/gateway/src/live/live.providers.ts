import type { Provider, Type } from '@nestjs/common';
import { AppConfig } from '@holdfast/config';
import { LiveFeed, StockView } from '@holdfast/contracts';
import { Clock } from '@holdfast/kernel';
import { Metrics, SecurityEvents } from '@holdfast/observability';
import { connectionsFor, descriptorLimit } from '@holdfast/process';
import { DropDirectory } from '../application/drop-directory';
import { Operators } from '../entrypoints/http/access/operator';
import { LiveController } from './live.controller';
import { LiveHub } from './live-hub';
import { LiveLifecycle } from './live.lifecycle';
import { LIVE_SETTINGS } from './live-settings';
import { StreamPlaces } from './stream-places';

function makeHub(directory: DropDirectory, view: StockView, feed: LiveFeed, clock: Clock, metrics: Metrics) {
  // Half of the connections, the other half serves requests.
  const readersMax = Math.min(LIVE_SETTINGS.readersMax, Math.floor(connectionsFor(descriptorLimit()) / 2));
  const hub = new LiveHub(directory, view, feed, clock, { ...LIVE_SETTINGS, readersMax });
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
  return hub;
}

/** What the gateway's module takes in. It needs the directory, the view and its feed, clock, settings, operators, metrics and the place for security events. */
export const liveControllers: Type[] = [LiveController];

export const liveProviders: Provider[] = [
  { provide: LiveHub, useFactory: makeHub, inject: [DropDirectory, StockView, LiveFeed, Clock, Metrics] },
  {
    provide: StreamPlaces,
    useFactory: (operators: Operators, config: AppConfig, events: SecurityEvents) =>
      new StreamPlaces(operators, config, events),
    inject: [Operators, AppConfig, SecurityEvents],
  },
  LiveLifecycle,
];
