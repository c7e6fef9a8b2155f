import { backoffMs } from '@holdfast/kernel';
import type { CommonRedisOptions } from 'ioredis';
import { notNow } from './not-now';
import type { RedisAddress } from './redis-url';

const RECONNECT = { firstMs: 40, maxMs: 200 }; // in use well within a second after Redis is reachable again
const CONNECT_TIMEOUT_MS = 1_000;
// No answer for this long: the host vanished without closing the connection, so reconnect.
const SILENT_SOCKET_MS = 1_000;
const KEEP_ALIVE_MS = 10_000;

const LEAVE_EVERY_MS = 1_000; // a server that stays a replica must not cost a new connection for each call

/** For ioredis, which counts the failed attempts from 1. */
export const reconnectDelayMs = (failures: number): number => backoffMs(failures - 1, RECONNECT);

/**
 * True when the client must reconnect. Behind a name or a shared address a failover leaves us connected to
 * the old master: it continues as a replica, refuses every write, and never closes the connection.
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
 * A dead Redis must be noticed at once: nothing waits for a connection, and a command whose reply was lost is
 * not resent automatically (`maxRetriesPerRequest: 0` fails what is in flight when the connection closes).
 * The caller decides what to do without it.
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
    maxLoadingRetryTime: RECONNECT.maxMs,
  };
}
