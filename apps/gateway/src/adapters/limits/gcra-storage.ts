import { Injectable } from '@nestjs/common';
import type { ThrottlerStorage } from '@nestjs/throttler';
import { Clock } from '@holdfast/kernel';
import { type Allowance, gcra, type Quota } from '../../domain/gcra';

type ThrottlerRecord = Awaited<ReturnType<ThrottlerStorage['increment']>>;

const GENERATION_MS = 60_000; // the longest window: a caller not seen for that long has its whole quota again, so forgetting it is exact
const CALLERS_MAX = 200_000; // of one generation, about 20 MB; beyond it the older generation is let go early

/**
 * Keeps the limits' state in this process: one number a caller, in two generations, so that memory is bounded without a sweep.
 * (The library's own storage keeps a timer a request and never forgets a key.)
 */
@Injectable()
export class GcraStorage implements ThrottlerStorage {
  private young = new Map<string, number>();
  private old = new Map<string, number>();
  private bornMs = 0;

  constructor(private readonly clock: Clock) {}

  /** Takes one from the caller's allowance, if there is one. */
  take(caller: string, quota: Quota): Allowance {
    const nowMs = this.clock.monotonicMs();
    if (nowMs - this.bornMs >= GENERATION_MS || this.young.size >= CALLERS_MAX) this.turn(nowMs);
    const allowance = gcra(quota, this.young.get(caller) ?? this.old.get(caller), nowMs);
    this.young.set(caller, allowance.arrivalMs);
    return allowance;
  }

  get callers(): number {
    return this.young.size + this.old.size;
  }

  /** The library's face of `take`. */
  increment(key: string, ttl: number, limit: number, _block: number, name: string): Promise<ThrottlerRecord> {
    const taken = this.take(`${name}:${key}`, { quota: limit, windowSeconds: ttl / 1000 });
    const seconds = Math.ceil(taken.nextInMs / 1000);
    return Promise.resolve({
      totalHits: taken.allowed ? limit - taken.remaining : limit + 1,
      timeToExpire: seconds,
      isBlocked: !taken.allowed,
      timeToBlockExpire: taken.allowed ? 0 : seconds,
    });
  }

  private turn(nowMs: number): void {
    this.old = this.young;
    this.young = new Map();
    this.bornMs = nowMs;
  }
}
