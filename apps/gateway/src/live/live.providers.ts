import type { Provider, Type } from '@nestjs/common';
import { LiveFeed, StockView } from '@holdfast/contracts';
import { Clock } from '@holdfast/kernel';
import { Metrics } from '@holdfast/observability';
import { DropDirectory } from '../application/drop-directory';
import { LiveController } from './live.controller';
import { LiveHub } from './live-hub';
import { LiveLifecycle } from './live.lifecycle';
import { LIVE_SETTINGS } from './live-settings';

function makeHub(directory: DropDirectory, view: StockView, feed: LiveFeed, clock: Clock, metrics: Metrics) {
  const hub = new LiveHub(directory, view, feed, clock, LIVE_SETTINGS);
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

/** What the gateway's module takes in. It needs `DropDirectory`, `StockView`, `LiveFeed`, `Clock` and `Metrics`. */
export const liveControllers: Type[] = [LiveController];

export const liveProviders: Provider[] = [
  { provide: LiveHub, useFactory: makeHub, inject: [DropDirectory, StockView, LiveFeed, Clock, Metrics] },
  LiveLifecycle,
];
