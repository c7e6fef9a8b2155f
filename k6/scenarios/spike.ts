// A spike of shoppers on one drop: they look, hold, pay, hesitate, walk away; some only watch. `npm run k6` runs it.
import exec from 'k6/execution';
import type { Options } from 'k6/options';
import { readSettings } from '../lib/settings.ts';
import { Shopper } from '../lib/shopper.ts';
import { spikeOf } from '../lib/spike-shape.ts';
import { summarise, type SummaryData, summaryText } from '../lib/summary.ts';
import { beginTally, REFUSALS } from '../lib/tally.ts';
import { Watcher } from '../lib/watcher.ts';
import { promises, thresholdsOf } from '../thresholds.js';

const settings = readSettings(__ENV);
const promised = promises(settings);
const shown = Object.fromEntries(REFUSALS.map((code) => [`shop_refusals{code:${code}}`, ['count>=0']]));

export const options: Options = {
  scenarios: {
    shoppers: { ...spikeOf(settings.shoppers, settings.seconds), exec: 'shop' },
    ...(settings.watchers > 0 && {
      watchers: {
        executor: 'per-vu-iterations',
        vus: settings.watchers,
        iterations: 1,
        maxDuration: `${settings.seconds + 10}s`,
        exec: 'watch',
      },
    }),
  },
  thresholds: { ...thresholdsOf(promised), ...shown },
  summaryTrendStats: ['med', 'p(95)', 'p(99)', 'max'],
  setupTimeout: '10s',
};

export function setup(): { endMs: number } {
  beginTally();
  return { endMs: Date.now() + settings.seconds * 1000 };
}

export function shop(): void {
  const index = exec.scenario.iterationInTest;
  // The rate is made of whole numbers, so that a few more may come than were asked for.
  if (index < settings.shoppers) new Shopper(settings, index).visit();
}

export function watch({ endMs }: { endMs: number }): void {
  new Watcher(settings, exec.scenario.iterationInTest).watch(endMs);
}

export function handleSummary(data: SummaryData): Record<string, string> {
  const summary = summarise('spike', settings, promised, data);
  return {
    stdout: summaryText(summary),
    [`${settings.out}/summary.json`]: `${JSON.stringify(summary, null, 2)}\n`,
  };
}
