import { DeadlineExceeded } from '@holdfast/kernel';
import type { LuaCall, LuaScript } from './lua-script';
import { notNow } from './not-now';
import type { RedisClient, RedisConnection } from './redis-connection';

/** No answer from Redis: it is unreachable, late or full, or the key's node of a cluster is missing. */
export class RedisUnavailable extends Error {
  constructor(
    message: string,
    /** False when the command was certainly not executed: it was not sent, or Redis refused it. */
    readonly maybeDone: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'RedisUnavailable';
  }
}

export interface CallOptions {
  /** Named in the error. */
  what: string;
  deadlineMs: number;
}

/**
 * Calls to Redis, each with one deadline for all of it: redirects, resends, the wait for the socket. (The
 * client's own `commandTimeout` starts again at each redirect.) Rejects with `RedisUnavailable`; the error of
 * a wrong command is passed through.
 */
export class RedisCalls {
  constructor(
    private readonly redis: RedisConnection,
    private readonly options: CallOptions,
  ) {}

  async run<T>(call: (client: RedisClient) => Promise<T>): Promise<T> {
    const { what, deadlineMs } = this.options;
    // Checked first, because a cluster that is not connected would queue the command and send it long after
    // the deadline.
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
 * Waits at most this long. When this process was busy, the timer and the answer are due in the same turn of
 * the event loop, the timer first: then the answer is read before it counts as late, or load in this process
 * would look like an unreachable Redis.
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
