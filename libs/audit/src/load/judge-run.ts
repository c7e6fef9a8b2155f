import type { Verdict } from '../invariants/invariant';
import type { Promises } from '../promises/check-promises';
import type { ClientLog } from './client-log';
import type { DropBooks } from './drop-books';

/** All data on a finished load run. */
export interface RunEvidence {
  log: ClientLog;
  /** The load generator's own counters. */
  counts: Readonly<Record<string, number>>;
  books: DropBooks;
  promises: Promises;
  verify: Verdict;
}

export interface RunCheck {
  says: string;
  kept: boolean;
  detail: string;
}

/**
 * Compares the answers to shoppers with the ledger and the provider's books. Pure: the caller reads the data.
 */
export function judgeRun(evidence: RunEvidence): RunCheck[] {
  return [...judgeHolds(evidence), ...judgeMoney(evidence), ...judgeLedger(evidence)];
}

/** A request whose answer was lost may have taken effect or not. */
const isBetween = (value: number, least: number, unknown: number) =>
  value >= least && value <= least + unknown;

const paidOf = ({ holds }: ClientLog) =>
  [...holds.values()].filter(({ paidOrderId }) => paidOrderId !== null);

function judgeHolds({ log, counts, books }: RunEvidence): RunCheck[] {
  const holds = log.holds.size;
  const paid = paidOf(log).length;
  return [
    {
      says: 'k6 counted what it noted',
      kept: counts['holds_given'] === holds && counts['orders_paid'] === paid,
      detail: `${counts['holds_given']} holds and ${counts['orders_paid']} payments counted, ${holds} and ${paid} noted`,
    },
    {
      says: 'no hold was given to two shoppers',
      kept: log.duplicates === 0,
      detail: `${log.duplicates} twice`,
    },
    {
      says: 'holds given are the holds in the ledger',
      kept: isBetween(books.holds, holds, log.unknownHolds),
      detail: `${holds} given, ${books.holds} in the ledger, ${log.unknownHolds} unanswered`,
    },
  ];
}

function judgeMoney({ log, books }: RunEvidence): RunCheck[] {
  const paid = paidOf(log);
  const paidMinor = paid.reduce((sum, it) => sum + it.paidMinor, 0);
  const isOwed = log.unknownOrders > 0 ? books.owedMinor >= paidMinor : books.owedMinor === paidMinor;
  return [
    {
      says: 'payments answered are the paid orders in the ledger',
      kept: isBetween(books.paid, paid.length, log.unknownOrders),
      detail: `${paid.length} answered, ${books.paid} in the ledger, ${log.unknownOrders} unanswered`,
    },
    { says: 'no order is left open', kept: books.pending === 0, detail: `${books.pending} pending` },
    {
      says: 'each paid order is one charge',
      kept: books.charges === books.paid && books.chargedOrders === books.paid,
      detail: `${books.paid} paid, ${books.charges} charges of ${books.chargedOrders} orders`,
    },
    {
      says: 'the money is what was owed, and what shoppers were told',
      kept: books.keptMinor === books.owedMinor && isOwed,
      detail: `${books.keptMinor} kept, ${books.owedMinor} owed, ${paidMinor} told`,
    },
  ];
}

function judgeLedger({ promises, verify }: RunEvidence): RunCheck[] {
  const broken = verify.invariants.filter((it) => it.broken > 0).map(({ name }) => name);
  return [
    {
      says: 'nothing that was acknowledged is lost',
      kept: promises.lost === 0,
      detail: `${promises.lost} lost`,
    },
    {
      says: 'nothing is oversold, by the ledger and by what shoppers were told',
      kept: promises.oversold === 0,
      detail: `${promises.oversold} oversold`,
    },
    {
      says: 'holdfast verify',
      kept: verify.ok,
      detail: broken.length > 0 ? broken.join(', ') : `${verify.invariants.length} invariants`,
    },
  ];
}
