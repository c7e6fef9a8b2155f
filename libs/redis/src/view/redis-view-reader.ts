import { RedisCalls } from '../redis-calls';
import type { RedisConnection } from '../redis-connection';
import { decodeImage, type DropImage } from './view-codec';
import { stockKey } from './view-keys';

// A drop of 5,000 SKUs takes a few ms; a reader who waits longer is better served with what is known.
const READ_DEADLINE_MS = 400;

/** Reads drops from the stock view in Redis. Rejects with `RedisUnavailable`. */
export class RedisViewReader {
  private readonly calls: RedisCalls;

  constructor(redis: RedisConnection) {
    this.calls = new RedisCalls(redis, { what: 'reading the stock view', deadlineMs: READ_DEADLINE_MS });
  }

  /** Where the drop stands: the cheap way to learn whether it changed. Null when it is not whole. */
  position(dropId: string): Promise<string | null> {
    return this.calls.run((client) => client.hget(stockKey(dropId), ''));
  }

  async read(dropId: string): Promise<DropImage> {
    return decodeImage(dropId, await this.calls.run((client) => client.hgetall(stockKey(dropId))));
  }
}
