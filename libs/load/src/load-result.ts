import type { ClientLog } from '@holdfast/audit';
import type { LoadStep } from './model/load-note';

/** Latencies count from the intended start of a request: a late generator or a queue before it is part of them. */
export interface StepLatency {
  count: number;
  p50Ms: number;
  p95Ms: number;
  p99Ms: number;
}

/** One second of a run. Shoppers count in the second in which they were sent, answers in the one in which they came. */
export interface LoadSecond {
  /** Since the first shopper was due. */
  second: number;
  offered: number;
  held: number;
  paid: number;
  refused: number;
  errors: number;
  /** Null: nothing was answered in this second. */
  holdP50Ms: number | null;
  holdP99Ms: number | null;
  payP99Ms: number | null;
  /** The 99th percentile of the ages of the live counts that arrived. */
  liveAgeMs: number | null;
}

/** An answer, from when its request was due. */
export interface AnswerSpan {
  /** Since the first shopper was due. */
  dueMs: number;
  ms: number;
}

/** What k6 reports, latencies from the intended start of a request (no coordinated omission). */
export interface LoadResult {
  /** When the first shopper was due, in ms since 1970. */
  beganAtMs: number;
  counts: Record<string, number>;
  refused: Record<string, number>;
  /** 5xx without `Retry-After`, no answer after all tries, answers that the contract does not know. */
  errors: number;
  steps: Partial<Record<LoadStep, StepLatency>>;
  /** Each answer of the steps that are judged: a few for each shopper, of whom there are 20,000 at most. */
  spans: Record<'hold' | 'pay', readonly AnswerSpan[]>;
  seconds: LoadSecond[];
  /** Since the first arrival: the first refusal `sold-out`, or null. */
  soldOutAfterMs: number | null;
  liveAgeP99Ms: number | null;
  /** The thresholds of `k6/thresholds.js`. */
  promises: { metric: string; must: string; says: string; kept: boolean; value: number }[];
  log: ClientLog;
  generator: {
    /** Shoppers that k6 could not send. */
    dropped: number;
    /** Of one processor, while shoppers arrived; above 1 it used more than one. 0 where it cannot be read. */
    cpu: number;
    /** How late shoppers and pauses began, at the 99th percentile, by no fault of a server. */
    lateP99Ms: number;
    /** Why this run says nothing about the product; null: it does. */
    bottleneck: string | null;
  };
}
