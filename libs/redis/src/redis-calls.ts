import { DeadlineExceeded } from '@holdfast/kernel';
import type { LuaCall, LuaScript } from './lua-script';
import { notNow } from './not-now';
import type { RedisClient, RedisConnection } from './redis-connection';

/** No answer from Redis: away, late, full, or a cluster without the key's node. */
export class RedisUnavailable extends Error {
  constructor(
    message: string,
    /** False when the command was surely not carried out: it was not sent, or Redis said so. */
    readonly maybeDone: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'RedisUnavailable';
  }
}

export interface CallOptions {
  /** Stands in the error. */
  what: string;
  deadlineMs: number;
}

/**
 * Calls to Redis, each with one deadline around all of it: redirects, resends, the wait for the socket. (The client's own `commandTimeout`
 * starts anew at each redirect.) Rejects with `RedisUnavailable`; an error of a command that was wrong passes as it is.
 */
export class RedisCalls {
  constructor(
    private readonly redis: RedisConnection,
    private readonly options: CallOptions,
  ) {}

  async run<T>(call: (client: RedisClient) => Promise<T>): Promise<T> {
    const { what, deadlineMs } = this.options;
    // Asked first, because a cluster that is not connected would keep the command and send it long after anybody waits.
    if (!this.redis.isUp) throw new RedisUnavailable(`${what}: not connected`, false);
    try {
      return await inTime(what, deadlineMs, call(this.redis.client));
    } catch (error) {
      if (isWrongCommand(error)) throw error;
      const refused = error instanceof Error && error.name === 'ReplyError';
      throw new RedisUnavailable(`${what}: ${reasonOf(error)}`, !refused, { cause: error });
    }
  }

  script(script: LuaScript): LuaCall {
    const call = this.redis.script(script);
    return (keys, args) => this.run(() => call(keys, args));
  }
}

/**
 * Waits at most so long. When this process was busy itself, the timer and the answer are due in the same turn of the event loop, timer first:
 * then the answer is read before it is called late, or load in here would look like a Redis that is away.
 */
function inTime<T>(what: string, deadlineMs: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = () => reject(new DeadlineExceeded(what, deadlineMs));
    const timer = setTimeout(() => setImmediate(() => setImmediate(late)), deadlineMs);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function isWrongCommand(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError' && notNow(error.message) === null;
}

function reasonOf(error: unknown): string {
  if (error instanceof DeadlineExceeded) return 'no answer in time';
  const { message = '' } = error as Error;
  return notNow(message) ?? (error as { code?: string }).code ?? (error as Error).name;
}
