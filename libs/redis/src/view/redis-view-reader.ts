import { RedisCalls } from '../redis-calls';
import type { RedisConnection } from '../redis-connection';
import { decodeImage, type DropImage } from './view-codec';
import { stockKey } from './view-keys';

const POSITION_DEADLINE_MS = 400; // after this the last known counts are the better answer
const READ_DEADLINE_MS = 1_000; // 5,000 SKUs take 20 ms, and 350 ms on a machine with twenty times its load

/** Reads drops from the stock view in Redis. Rejects with `RedisUnavailable`. */
export class RedisViewReader {
  private readonly looks: RedisCalls;
  private readonly reads: RedisCalls;

  constructor(redis: RedisConnection) {
    const what = 'reading the stock view';
    this.looks = new RedisCalls(redis, { what, deadlineMs: POSITION_DEADLINE_MS });
    this.reads = new RedisCalls(redis, { what, deadlineMs: READ_DEADLINE_MS });
  }

  /** The drop's position, a cheap check for changes. Null when the drop is incomplete. */
  position(dropId: string): Promise<string | null> {
    return this.looks.run((client) => client.hget(stockKey(dropId), ''));
  }

  async read(dropId: string): Promise<DropImage> {
    return decodeImage(dropId, await this.reads.run((client) => client.hgetall(stockKey(dropId))));
  }
}
