import { REFUSALS } from './tally.ts';
import type { Settings } from './settings.ts';
import type { Promised } from '../thresholds.js';

interface Metric {
  values: Record<string, number>;
  thresholds?: Record<string, { ok: boolean }>;
}

/** What k6 hands to `handleSummary`, as far as it is used here. */
export interface SummaryData {
  metrics: Record<string, Metric | undefined>;
  state: { testRunDurationMs: number };
}

/** One run in numbers; `summary.json` of the report folder. */
export interface Summary {
  scenario: string;
  seed: number;
  dropId: string;
  planned: { shoppers: number; units: number; watchers: number; seconds: number };
  seconds: number;
  /** By the last part of the metric's name: `holds_given`, `orders_paid`, … */
  counts: Record<string, number>;
  /** By code. */
  refused: Record<string, number>;
  requests: number;
  holdMs: { p50: number; p95: number; p99: number };
  liveLagMs: { p50: number; p95: number; p99: number };
  promises: (Promised & { kept: boolean; value: number })[];
}

export function summarise(it: Settings, list: Promised[], data: SummaryData): Summary {
  const valuesOf = (name: string) => data.metrics[name]?.values ?? {};
  const trend = (name: string) => {
    const round = (key: string) => Math.round((valuesOf(name)[key] ?? 0) * 10) / 10;
    return { p50: round('med'), p95: round('p(95)'), p99: round('p(99)') };
  };
  const counts = Object.keys(data.metrics)
    .filter((name) => name.startsWith('shop_') && !name.includes('{') && 'count' in valuesOf(name))
    .map((name) => [name.slice('shop_'.length), valuesOf(name)['count'] ?? 0] as const);
  const refused = REFUSALS.map(
    (code) => [code, valuesOf(`shop_refusals{code:${code}}`)['count'] ?? 0] as const,
  );
  return {
    scenario: it.scenario,
    seed: it.seed,
    dropId: it.dropId,
    planned: { shoppers: it.shoppers, units: it.units, watchers: it.watchers, seconds: it.seconds },
    seconds: Math.round(data.state.testRunDurationMs / 100) / 10,
    counts: Object.fromEntries(counts),
    refused: Object.fromEntries(refused.filter(([, times]) => times > 0)),
    requests: valuesOf('http_reqs')['count'] ?? 0,
    holdMs: trend('shop_hold_time'),
    liveLagMs: trend('shop_live_lag'),
    promises: list.map((promised) => ({
      ...promised,
      kept: data.metrics[promised.metric]?.thresholds?.[promised.must]?.ok ?? true,
      value:
        Math.round((valuesOf(promised.metric)[promised.must.split(/[<>=]/)[0] ?? ''] ?? 0) * 1000) / 1000,
    })),
  };
}

export function summaryText(it: Summary): string {
  const count = (name: string) => String(it.counts[name] ?? 0);
  const times = ({ p50, p95, p99 }: Summary['holdMs']) => `p50 ${p50} · p95 ${p95} · p99 ${p99} ms`;
  const codes = Object.entries(it.refused)
    .map(([code, times]) => `${code} ${times}`)
    .join(', ');
  const lines = [
    `${it.scenario}, seed ${it.seed}: ${count('shoppers')} shoppers for ${it.planned.units} units in ${it.seconds} s, ${it.planned.watchers} only watched`,
    '',
    `  holds given       ${count('holds_given')} (${count('units_given')} units), ${count('holds_released')} given back`,
    `  orders paid       ${count('orders_paid')} (${count('units_paid')} units), ${count('declined')} cards declined`,
    `  refused           ${count('refusals')}${codes ? `: ${codes}` : ''}`,
    `  asked again       ${count('retries')}`,
    `  requests          ${it.requests}`,
    `  hold answered in  ${times(it.holdMs)}`,
    `  live counts after ${times(it.liveLagMs)}`,
    '',
    ...it.promises.map(({ kept, says, metric, must, value }) =>
      kept ? `  kept    ${says}` : `  BROKEN  ${says}: ${metric} is ${value}, must be ${must}`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}
