import type { CommonRedisOptions } from 'ioredis';
import { notNow } from './not-now';
import type { RedisAddress } from './redis-url';

const RETRY_DELAY_MS_MIN = 20; // a restarting server refuses in microseconds; without a pause that would be a busy loop
const RETRY_DELAY_MS_MAX = 200; // five tries a second: in use again well within a second after it is back
const CONNECT_TIMEOUT_MS = 1_000;
const SILENT_SOCKET_MS = 1_000; // no answer to anything for this long: the host is gone without saying so, connect anew
const KEEP_ALIVE_MS = 10_000;

const LEAVE_EVERY_MS = 1_000; // a server that stays a replica is not asked by a new connection for each call

/** Full jitter below a doubling ceiling, so that a crowd of processes does not come back in step. */
export function retryDelayMs(times: number, random: () => number = Math.random): number {
  const ceiling = Math.min(RETRY_DELAY_MS_MAX, RETRY_DELAY_MS_MIN * 2 ** Math.min(times, 10));
  return Math.round(ceiling * (0.5 + 0.5 * random()));
}

/**
 * True when the connection is to be opened anew. Behind a name or a shared address a failover leaves us with the old master: it lives on as a
 * replica, refuses every write, and never closes the connection by itself.
 */
export function leaveWhenDemoted(now: () => number = () => performance.now()): (error: Error) => boolean {
  let leftAt = -Infinity;
  return ({ message }) => {
    if (notNow(message) !== 'READONLY' || now() - leftAt < LEAVE_EVERY_MS) return false;
    leftAt = now();
    return true;
  };
}

/**
 * A dead Redis has to be noticed at once: nothing waits for a connection, and a command whose reply was lost is not sent again behind our
 * back (`maxRetriesPerRequest: 0` fails what is in flight when the connection closes). Whoever calls decides what to do without it.
 */
export function commonOptions({ username, password, tls }: RedisAddress, name: string): CommonRedisOptions {
  return {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(tls ? { tls: {} } : {}),
    connectionName: name.replace(/[^\w.-]+/g, '-'),
    disableClientInfo: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    keepAlive: KEEP_ALIVE_MS,
    socketTimeout: SILENT_SOCKET_MS,
    maxRetriesPerRequest: 0,
    maxLoadingRetryTime: RETRY_DELAY_MS_MAX,
  };
}
