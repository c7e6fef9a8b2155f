import type { ThrottlerStorage } from '@nestjs/throttler';
import type { LimitStore } from '../../application/ports/limit-store.port';

type ThrottlerRecord = Awaited<ReturnType<ThrottlerStorage['increment']>>;

/** The face that the library's guard wants of a storage. */
export class ThrottlerFace implements ThrottlerStorage {
  constructor(private readonly limits: LimitStore) {}

  async increment(
    key: string,
    ttl: number,
    limit: number,
    _block: number,
    name: string,
  ): Promise<ThrottlerRecord> {
    const taken = await this.limits.take(key, { name, quota: limit, windowSeconds: ttl / 1000 });
    const seconds = Math.ceil(taken.nextInMs / 1000);
    return {
      totalHits: taken.allowed ? limit - taken.remaining : limit + 1,
      timeToExpire: seconds,
      isBlocked: !taken.allowed,
      timeToBlockExpire: taken.allowed ? 0 : seconds,
    };
  }
}
