import {
  type LatencyCounts,
  type OrderPoint,
  p99Of,
  READERS_COUNT_SECONDS,
  type SentTick,
} from '@holdfast/contracts';

/** Gateways send the ticks of a second within the next one, and orders commit what they settled a moment later. */
const SETTLED_AFTER_MS = 2_250;
/** Ticks that come later than that count in no rate; the figures of the drop have them. */
const LATE_SECONDS = 8;
/** After a pause of the source; a longer one is not made up for. */
const WINDOW_SECONDS_MAX = 60;

/** Per second, over the seconds since the last tick. */
export interface Rates {
  arrivals: number;
  /** Answers that were a hold. */
  holds: number;
  refusals: Record<string, number>;
  paid: number;
  failed: number;
}

export interface Measured {
  rates: Rates;
  readers: number;
  p99Ms: number;
}

export const NO_RATES: Rates = { arrivals: 0, holds: 0, refusals: {}, paid: 0, failed: 0 };

/**
 * Turns what all gateways answered into rates. Each second is counted once it is complete, and what comes late in the next rate, so that the rates of
 * a stream add up to what happened while it was open. Pure: times are arguments.
 */
export class RateMeter {
  private readonly first: number;
  private until: number;
  /** Older ticks are forgotten, and in no rate: what comes of them tells readers. */
  private oldest = -Infinity;
  /** Ticks that are in a rate already, with their second. */
  private readonly counted = new Map<string, number>();
  private readonly settled = new Map<number, { paid: number; failed: number }>();

  constructor(nowMs: number) {
    this.first = completeSecond(nowMs);
    this.until = this.first;
  }

  /** From which second on ticks and orders are needed, since 1970. */
  since(nowMs: number): number {
    const oldest = completeSecond(nowMs) - WINDOW_SECONDS_MAX;
    return Math.max(this.until - LATE_SECONDS, oldest) + 1;
  }

  measure(ticks: readonly SentTick[], orders: readonly OrderPoint[], nowMs: number): Measured {
    const to = Math.max(this.until, completeSecond(nowMs));
    const seconds = Math.max(1, to - this.until);
    const sums = { arrivals: 0, refused: 0, paid: 0, failed: 0 };
    const refusals: Record<string, number> = {};
    const latencies: LatencyCounts = {};
    for (const tick of ticks) {
      if (!this.isNews(tick, to)) continue;
      sums.arrivals += tick.arrivals;
      add(refusals, tick.refusals);
      add(latencies, tick.latencies);
    }
    for (const point of orders) this.addOrders(point, to, sums);
    for (const code of Object.keys(refusals)) sums.refused += refusals[code]!;
    this.until = to;
    this.forget(this.since(nowMs));
    const perSecond = (n: number) => Math.round((n / seconds) * 100) / 100;
    return {
      rates: {
        arrivals: perSecond(sums.arrivals),
        holds: perSecond(sums.arrivals - sums.refused),
        refusals: Object.fromEntries(Object.entries(refusals).map(([code, n]) => [code, perSecond(n)])),
        paid: perSecond(sums.paid),
        failed: perSecond(sums.failed),
      },
      readers: readersOf(ticks, nowMs),
      p99Ms: p99Of(latencies) ?? 0,
    };
  }

  private isNews({ source, second }: SentTick, to: number): boolean {
    if (second <= this.first || second > to || second < this.oldest) return false;
    const key = `${second} ${source}`;
    if (this.counted.has(key)) return false;
    this.counted.set(key, second);
    return true;
  }

  private addOrders(point: OrderPoint, to: number, sums: { paid: number; failed: number }): void {
    const second = Math.floor(Date.parse(point.t) / 1_000);
    if (second <= this.first || second > to) return;
    const known = this.settled.get(second) ?? { paid: 0, failed: 0 };
    // An order that was paid and is refunded now has left its second.
    sums.paid += Math.max(0, point.paid - known.paid);
    sums.failed += Math.max(0, point.failed - known.failed);
    this.settled.set(second, {
      paid: Math.max(point.paid, known.paid),
      failed: Math.max(point.failed, known.failed),
    });
  }

  private forget(before: number): void {
    this.oldest = before;
    for (const [key, second] of this.counted) if (second < before) this.counted.delete(key);
    for (const second of this.settled.keys()) if (second < before) this.settled.delete(second);
  }
}

function completeSecond(nowMs: number): number {
  return Math.floor((nowMs - SETTLED_AFTER_MS) / 1_000);
}

function add(sums: Record<string, number>, counts: Readonly<Record<string, number>>): void {
  for (const [key, n] of Object.entries(counts)) sums[key] = (sums[key] ?? 0) + n;
}

/** Of the newest tick of each gateway, unless it is so old that the gateway has gone. Ticks are in the order of their seconds. */
function readersOf(ticks: readonly SentTick[], nowMs: number): number {
  const newest = new Map<string, number>();
  for (const { source, second, readers } of ticks)
    if (second > nowMs / 1_000 - READERS_COUNT_SECONDS) newest.set(source, readers);
  return [...newest.values()].reduce((sum, readers) => sum + readers, 0);
}
