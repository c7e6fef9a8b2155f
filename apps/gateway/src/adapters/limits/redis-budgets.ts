import { createHmac, hkdfSync } from 'node:crypto';
import { type LuaCall, RedisCalls, type RedisConnection, RedisUnavailable } from '@holdfast/redis';
import {
  type Lease,
  LeaseLost,
  type LeaseRequest,
  SharedBudgets,
} from '../../application/ports/shared-budgets.port';
import type { Quota } from '../../domain/gcra';
import { lua } from './lua.generated';

// A healthy answer takes one millisecond. A stricter deadline would take a busy gateway for a dead Redis, and let each caller have its limit twice.
const DEADLINE_MS = 100;
const KEY_BYTES = 15; // 120 bits: two callers never share a count

/** Budgets in Redis, one key with its own hash tag for each caller and limit. */
export class RedisBudgets extends SharedBudgets {
  private readonly leaseBudget: LuaCall;
  private readonly secret: Buffer;

  /** @param sessionKey what all gateways of the product share; it only seeds the names of the keys */
  constructor(redis: RedisConnection, sessionKey: string, deadlineMs = DEADLINE_MS) {
    super();
    this.leaseBudget = new RedisCalls(redis, { what: 'the limits', deadlineMs }).script(lua.leaseBudget);
    this.secret = Buffer.from(hkdfSync('sha256', sessionKey, '', 'holdfast names of limits', 32));
  }

  override async lease(
    caller: string,
    { quota, windowSeconds }: Quota,
    request: LeaseRequest,
  ): Promise<Lease> {
    const { spent, waiting, slice } = request;
    const answer = await this.leaseBudget(
      [this.keyOf(caller)],
      [quota, windowSeconds * 1000, spent, waiting, slice],
    ).catch((error: unknown) => {
      if (error instanceof RedisUnavailable && error.maybeDone)
        throw new LeaseLost(error.message, { cause: error });
      throw error;
    });
    const [leased, left, nextInMs] = answer as [number, number, number];
    return { leased, left, nextInMs };
  }

  /** With a secret, because there are few addresses: a plain hash of one is found by trying them all. */
  private keyOf(caller: string): string {
    const hash = createHmac('sha256', this.secret).update(caller).digest();
    return `hf1:{limit-${hash.subarray(0, KEY_BYTES).toString('base64url')}}:budget`;
  }
}
