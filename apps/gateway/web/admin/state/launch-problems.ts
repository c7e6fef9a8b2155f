import type { LaunchTick } from './launch-stream';
import type { DropStats } from './types';

/** Something that is wrong with a launch, for a person under stress: what, what it means, and where it says what to do. */
export interface LaunchProblem {
  title: string;
  text: string;
  /** A page of docs/runbooks. */
  runbook: string;
}

export interface LaunchSigns {
  staleness: 'no-answer' | 'behind' | null;
  tick: LaunchTick | null;
  stats: DropStats | null;
}

/** Answers beyond it are slow for a shopper, and close to the deadline of 2.5 s after which they are refused. */
const P99_MS_MAX = 1_500;
/** Of all answers: below it a few bots at the limits are no fault of the launch. */
const SHARE_MAX = 0.05;
const OVERLOADED = ['temporarily-unavailable', 'temporary-reduced-capacity', 'internal-error'];

/** What is said aloud: no numbers, which change each second. */
export function spokenOf(problems: readonly LaunchProblem[]): string {
  return problems.map(({ title }) => `${title}.`).join(' ');
}

const share = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);

export function problemsOf({ staleness, tick, stats }: LaunchSigns): LaunchProblem[] {
  const found: LaunchProblem[] = [];
  if (staleness === 'no-answer')
    found.push({
      title: 'This page gets no answer',
      text: 'The numbers below stand still. Reconnecting… The drop goes on without this page.',
      runbook: 'service-down',
    });
  if (staleness === 'behind')
    found.push({
      title: 'The numbers are a few seconds behind',
      text: 'Holds and payments go on: they are decided by the ledger, not by these counts.',
      runbook: 'stale-counts',
    });
  if (!tick) return found;
  const { rates, p99Ms } = tick;
  const overloaded = OVERLOADED.reduce((sum, code) => sum + (rates.refusals[code] ?? 0), 0);
  if (overloaded > 0)
    found.push({
      title: 'Shoppers are asked to try again',
      text: `${share(overloaded, rates.arrivals) > 0.5 ? 'Most' : 'Some'} requests are refused because the system is too busy or a part of it is down. Nobody loses a hold.`,
      runbook: 'service-down',
    });
  if (share(rates.refusals['quota-exceeded'] ?? 0, rates.arrivals) > SHARE_MAX)
    found.push({
      title: 'Many requests exceed the rate limits',
      text: 'Bots, or many shoppers behind one address.',
      runbook: 'refusals-rise',
    });
  if (p99Ms > P99_MS_MAX)
    found.push({
      title: 'Answers are slow',
      text: `One shopper in a hundred waits for ${(p99Ms / 1_000).toFixed(1)} seconds or longer.`,
      runbook: 'refusals-rise',
    });
  if (rates.failed >= 1 && rates.failed >= rates.paid)
    found.push({
      title: 'Payments fail',
      text: 'At least as many fail as go through. Units of a failed payment come back on offer.',
      runbook: 'pending-orders',
    });
  const { pending = 0, paid = 0 } = stats?.orders ?? {};
  if (pending >= 20 && pending > paid / 2)
    found.push({
      title: 'Payments wait for the provider',
      text: `${pending} orders are pending. Each ends by itself, paid or failed, before its hold is over.`,
      runbook: 'pending-orders',
    });
  return found;
}
