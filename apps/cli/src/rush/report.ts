import { grouped, table } from '../output/table';
import type { Colours } from '../output/terminal';
import type { Promises, Verdict } from '@holdfast/audit';
import { verdictText } from '../output/verdict-text';
import type { RushOutcome } from './run-rush';
import type { Tally } from './tally';

export interface RushReport {
  held: number;
  paid: number;
  refused: Record<string, number>;
  errors: number;
  oversold: number;
  /** Acknowledged, and not in the ledger. */
  lost: number;
  p50Ms: number | null;
  p95Ms: number | null;
  p99Ms: number | null;
  shoppers: number;
  seconds: number;
  holdsPerSecond: number;
  seed: number;
  /** Null when the rush was interrupted. */
  verify: Verdict | null;
}

export function rushReport(
  it: RushOutcome & Promises & { seed: number; verify: Verdict | null },
): RushReport {
  const { tally, seconds } = it;
  return {
    held: tally.holds.length,
    paid: tally.paid,
    refused: Object.fromEntries(tally.refused),
    errors: tally.errorCount,
    oversold: it.oversold,
    lost: it.lost,
    p50Ms: tally.holdMs.at(50),
    p95Ms: tally.holdMs.at(95),
    p99Ms: tally.holdMs.at(99),
    shoppers: tally.visits,
    seconds: Math.round(seconds * 100) / 100,
    holdsPerSecond: Math.round(tally.holds.length / Math.max(seconds, 0.001)),
    seed: it.seed,
    verify: it.verify,
  };
}

export function rushText(colours: Colours, report: RushReport, tally: Tally): string {
  const ms = (value: number | null) => (value === null ? '–' : `${value} ms`);
  const bad = (value: number) => (value > 0 ? colours.red(grouped(value)) : '0');
  const rows: [string, string][] = [
    ['shoppers', `${grouped(report.shoppers)} in ${report.seconds} s`],
    ['held', `${grouped(report.held)} (${grouped(report.holdsPerSecond)} a second)`],
    ['paid', grouped(report.paid)],
    ...Object.entries(report.refused).map(([code, times]): [string, string] => [
      `refused: ${code}`,
      grouped(times),
    ]),
    ['errors', bad(report.errors)],
    ...[...tally.errors].slice(0, 5).map(([what, times]): [string, string] => [`  ${what}`, grouped(times)]),
    ['oversold', bad(report.oversold)],
    ['lost', bad(report.lost)],
    ['hold latency p50 · p95 · p99', `${ms(report.p50Ms)} · ${ms(report.p95Ms)} · ${ms(report.p99Ms)}`],
  ];
  const checked = report.verify ? verdictText(colours, report.verify) : 'Interrupted: not verified.';
  return `${table(colours, ['rush', ''], rows)}\n\n${checked}`;
}
