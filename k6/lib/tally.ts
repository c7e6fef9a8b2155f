import { Counter, Trend } from 'k6/metrics';
import type { ClientNote } from '../../libs/audit/src/load/client-note.ts';
import type { LoadNote } from '../../libs/load/src/model/load-note.ts';

/** k6's own; the only way out for a single fact. The runner sends it to a file. */
declare const console: { log(line: string): void };

/** What happened, as k6 metrics: `thresholds.js` says what they must be, the notes are compared with the ledger. */
export const tally = {
  shoppers: new Counter('shop_shoppers'),
  /** Of these, those who are no people. */
  bots: new Counter('shop_bots'),
  holdsGiven: new Counter('shop_holds_given'),
  unitsGiven: new Counter('shop_units_given'),
  /** Units that shoppers believe are theirs now: grows with a hold that is meant to be paid, shrinks when its shopper gives it up. */
  unitsOut: new Counter('shop_units_out'),
  holdsReleased: new Counter('shop_holds_released'),
  ordersPaid: new Counter('shop_orders_paid'),
  unitsPaid: new Counter('shop_units_paid'),
  declined: new Counter('shop_declined'),
  /** By `code`: a refusal is an answer. */
  refusals: new Counter('shop_refusals'),
  /** 503 with `Retry-After`, and answers that were lost: asked again with the same key. */
  retries: new Counter('shop_retries'),
  gaveUp: new Counter('shop_gave_up'),
  /** By `what`: a 5xx that is no 503, and a 503 without `Retry-After`. */
  serverFaults: new Counter('shop_server_faults'),
  /** Any other answer that the contract does not know here. */
  oddAnswers: new Counter('shop_odd_answers'),
  replaysDiffer: new Counter('shop_replays_differ'),
  versionsBack: new Counter('shop_versions_back'),
  countsWrong: new Counter('shop_counts_wrong'),
  streamsWithoutSnapshot: new Counter('shop_streams_without_snapshot'),
  watched: new Counter('shop_watched'),
  /** Pages that were loaded again, each with a new stream. */
  reloads: new Counter('shop_reloads'),
  /** Answers to bots that no bot should get: a bad token that is taken, a hold for a key that was used up. */
  botsTricked: new Counter('shop_bots_tricked'),
  /** From the moment a hold was due to its answer, waiting in between included. */
  holdTime: new Trend('shop_hold_time', true),
  /** How late the generator's own timers were. */
  timerLate: new Trend('shop_timer_late', true),
  /** From the moment a live event speaks of to its arrival. */
  liveLag: new Trend('shop_live_lag', true),
};

/** Counted each by itself in the summary; k6 shows a tag's figures only where a threshold names it. */
export const REFUSALS = [
  'sold-out',
  'seen-sold-out',
  'limit-reached',
  'payment-declined',
  'hold-expired',
  'quota-exceeded',
];

/** A counter that nobody touched has no value, and a threshold on it says nothing; so each begins at 0. Call it in `setup`. */
export function beginTally(): void {
  for (const metric of Object.values(tally)) if (metric instanceof Counter) metric.add(0);
}

/** Counts a fault and says what it was. */
export function fault(counter: 'serverFaults' | 'oddAnswers' | 'gaveUp', what: string): void {
  tally[counter].add(1, { what });
  note({ did: 'fault', what });
}

/** One line of k6's console output each: libs/load reads them while they come. */
export function note(what: ClientNote | LoadNote): void {
  console.log(JSON.stringify({ ...what, at: Date.now() }));
}
