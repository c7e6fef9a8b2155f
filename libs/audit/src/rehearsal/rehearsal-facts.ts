import type { Verdict } from '../invariants/invariant';
import type { ClientLog } from '../load/client-log';
import type { DropBooks } from '../load/drop-books';
import type { Promises } from '../promises/check-promises';

interface Latency {
  count: number;
  p99Ms: number;
}

/** What the load generator measured, as far as it is judged (`LoadResult` of libs/load). */
export interface MeasuredLoad {
  counts: Readonly<Record<string, number>>;
  refused: Readonly<Record<string, number>>;
  errors: number;
  steps: { hold?: Latency; pay?: Latency };
  liveAgeP99Ms: number | null;
  log: ClientLog;
  generator: { bottleneck: string | null };
}

/** All that is known of a finished rehearsal. */
export interface RehearsalFacts {
  load: MeasuredLoad;
  /** Clients that only watched the live counts. */
  watchers: number;
  /** Of the ghost. */
  items: readonly { sku: string; units: number }[];
  /** Units for which one shopper asks at most. */
  unitsAskedMax: number;
  /** False: the merchant shows words or nothing instead of counts, so that few live events are sent, or none. */
  showsCounts: boolean;
  /** Null: payments may still be under way, so the books are not compared. */
  books: DropBooks | null;
  promises: Promises;
  /** Of the ghost alone. */
  verify: Verdict;
  /** Each fault: how long it lasted, and the time from its end until holds succeeded again; null: they never did. */
  recoveries: readonly { target: string; forMs: number; afterMs: number | null }[];
}
