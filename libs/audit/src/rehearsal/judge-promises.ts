import { REHEARSAL_PROMISES, type RehearsalPromise, type RehearsalPromiseName } from '@holdfast/contracts';
import type { DropBooks } from '../load/drop-books';
import { judgeRun, type RunCheck } from '../load/judge-run';
import { DEFAULT_PROMISE_LIMITS, PROMISE_UNITS, type PromiseLimits } from './promise-limits';
import type { MeasuredLoad, RehearsalFacts } from './rehearsal-facts';

/** One promise as it was measured, with the sentence for the verdict. */
export interface JudgedPromise extends RehearsalPromise {
  /** What was found, e.g. `3 units were granted twice`. */
  says: string;
}

interface Finding {
  measured: number;
  says: string;
  /** Overrides the comparison: nothing was measured although it should have been. */
  missing?: boolean;
}

/** These have a promise of their own; all others are `invariants`. */
const MONEY_INVARIANTS = ['money-equals-orders', 'paid-equals-confirmed'];
/** An open drop has no reason for these, unless somebody asks too often, as bots do. */
const FALSE_REFUSALS = ['drop-not-open', 'drop-closed'];
const TOO_OFTEN = 'quota-exceeded';
const OWN_PROMISE = new Set(['no-oversell', ...MONEY_INVARIANTS]);

/** What the shoppers were answered against the ledger, as the report shows it. */
export function rehearsalChecks({ load, books, promises, verify }: RehearsalFacts): RunCheck[] {
  if (books === null) return [];
  return judgeRun({ log: load.log, counts: load.counts, books, promises, verify });
}

/** Judges every promise, in the order of the contract. Pure. */
export function judgePromises(
  facts: RehearsalFacts,
  limits: PromiseLimits = DEFAULT_PROMISE_LIMITS,
): JudgedPromise[] {
  return REHEARSAL_PROMISES.map((name) => {
    const { measured, says, missing = false } = FINDINGS[name](facts);
    // No count is newer than the fault that held it up. Answers that a fault held up are not among those measured.
    const limit = limits[name] + (name === 'live-age-p99' ? longestFaultMs(facts) : 0);
    const isKept = name === 'sold-out-or-demand-met' ? measured >= limit : measured <= limit;
    return { name, limit, measured, unit: PROMISE_UNITS[name], ok: isKept && !missing, says };
  });
}

const FINDINGS: Record<RehearsalPromiseName, (facts: RehearsalFacts) => Finding> = {
  'no-oversell': oversell,
  'money-equals-orders': money,
  invariants,
  'no-server-errors': serverErrors,
  'hold-p99': ({ load }) => latency('a hold was answered', load.steps.hold?.p99Ms),
  'pay-p99': ({ load }) => latency('a payment was answered', load.steps.pay?.p99Ms),
  'live-age-p99': liveAge,
  'sold-out-or-demand-met': demand,
  'recovers-after-fault': recovery,
};

function oversell({ promises, verify, load }: RehearsalFacts): Finding {
  const broken = brokenOf(verify, (name) => name === 'no-oversell');
  const measured = Math.max(promises.oversold, broken, load.log.duplicates);
  return { measured, says: `${plural(measured, 'unit was', 'units were')} granted twice` };
}

function money({ books, verify, load }: RehearsalFacts): Finding {
  const broken = brokenOf(verify, (name) => MONEY_INVARIANTS.includes(name));
  const wrong = books === null ? 0 : wrongOrders(books, load);
  const measured = Math.max(broken, wrong);
  const amounts = books === null ? '' : ` (${books.keptMinor} captured, ${books.owedMinor} ordered)`;
  return {
    measured,
    says: `${plural(measured, 'order does', 'orders do')} not match the provider's record${amounts}`,
  };
}

function wrongOrders(books: DropBooks, { log }: MeasuredLoad): number {
  const paid = [...log.holds.values()].filter(({ paidOrderId }) => paidOrderId !== null).length;
  const charges = Math.abs(books.charges - books.paid);
  const told = beyond(books.paid, paid, paid + log.unknownOrders);
  const sum = books.keptMinor === books.owedMinor ? 0 : 1;
  return Math.max(charges, told, sum, books.pending);
}

function invariants({ books, promises, verify, load }: RehearsalFacts): Finding {
  const { log, counts } = load;
  const given = log.holds.size;
  const lostHolds = books === null ? 0 : beyond(books.holds, given, given + log.unknownHolds);
  const parts: [number, string][] = [
    ...verify.invariants
      .filter(({ name }) => !OWN_PROMISE.has(name))
      .map(({ name, broken }): [number, string] => [broken, name]),
    [Math.max(promises.lost, lostHolds), 'holds answered are not those of the ledger'],
    [counts['versions_back'] ?? 0, 'a shown version went back'],
    [counts['counts_wrong'] ?? 0, 'shown counts did not add up'],
    [counts['replays_differ'] ?? 0, 'the same key had another answer'],
    [counts['streams_without_snapshot'] ?? 0, 'a stream began without a snapshot'],
  ];
  const found = parts.filter(([times]) => times > 0);
  const measured = found.reduce((sum, [times]) => sum + times, 0);
  const which = found.map(([times, what]) => `${what} (${times})`).join(', ');
  return { measured, says: which || 'no violation' };
}

function serverErrors({ load }: RehearsalFacts): Finding {
  const causes = [...load.log.faults].sort(([, a], [, b]) => b - a)[0]?.[0];
  const most = causes === undefined ? '' : `, most often: ${causes}`;
  const says = `${plural(load.errors, 'request', 'requests')} ended in a server error or without an answer${most}`;
  return { measured: load.errors, says };
}

/** Nobody came that far: then there is nothing to measure. */
function latency(what: string, p99Ms: number | undefined): Finding {
  return { measured: p99Ms ?? 0, says: `${what} after ${Math.round(p99Ms ?? 0)} ms (p99)` };
}

function liveAge({ load, watchers, showsCounts }: RehearsalFacts): Finding {
  if (load.liveAgeP99Ms === null)
    return {
      measured: 0,
      missing: showsCounts && watchers > 0 && load.log.holds.size > 0,
      says: 'no live count arrived at a watcher',
    };
  const age = load.liveAgeP99Ms;
  return { measured: age, says: `live counts were ${Math.round(age)} ms old (p99)` };
}

/** Everything was granted, or everybody who asked got an answer that left nobody out. */
function demand({ load, items, unitsAskedMax }: RehearsalFacts): Finding {
  const given = new Map<string, number>();
  for (const { sku, units } of load.log.holds.values()) given.set(sku, (given.get(sku) ?? 0) + units);
  // A shopper who wants more than is left of a SKU is refused as sold out, too.
  const soldOut = items.filter(({ sku, units }) => (given.get(sku) ?? 0) > units - unitsAskedMax);
  if (soldOut.length > 0 && soldOut.length === items.length)
    return { measured: 100, says: 'every unit was granted' };
  const isFalse = [
    ...(soldOut.length > 0 ? [] : ['sold-out']),
    ...FALSE_REFUSALS,
    ...((load.counts['bots'] ?? 0) > 0 ? [] : [TOO_OFTEN]),
  ];
  const falseRefusals = isFalse.reduce((sum, code) => sum + (load.refused[code] ?? 0), 0);
  const unserved = falseRefusals + (load.counts['gave_up'] ?? 0);
  const served = load.log.holds.size;
  const measured = served + unserved === 0 ? 0 : Math.floor((100 * served) / (served + unserved));
  return {
    measured,
    says: `${plural(unserved, 'shopper was', 'shoppers were')} turned away although units were left`,
  };
}

function longestFaultMs({ recoveries }: RehearsalFacts): number {
  return Math.round(Math.max(0, ...recoveries.map(({ forMs, afterMs }) => forMs + (afterMs ?? 0))));
}

function recovery({ recoveries }: RehearsalFacts): Finding {
  const never = recoveries.find(({ afterMs }) => afterMs === null);
  if (never) return { measured: 0, missing: true, says: `no hold succeeded again after ${never.target}` };
  const slowest = recoveries.toSorted((a, b) => b.afterMs! - a.afterMs!)[0];
  if (!slowest) return { measured: 0, says: 'no fault was injected' };
  const says = `holds succeeded again ${Math.round(slowest.afterMs!)} ms after the fault of ${slowest.target}`;
  return { measured: slowest.afterMs!, says };
}

function brokenOf(verify: RehearsalFacts['verify'], is: (name: string) => boolean): number {
  return verify.invariants.reduce((sum, { name, broken }) => sum + (is(name) ? broken : 0), 0);
}

/** How far a value lies outside of what unanswered requests can explain. */
function beyond(value: number, least: number, most: number): number {
  return Math.max(0, least - value, value - most);
}

function plural(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
