import type { KafkaSecurity } from '@holdfast/config';
import type { Logger } from '@holdfast/observability';
import {
  Kafka,
  type KafkaConfig,
  logLevel,
  type LogEntry,
  type RetryOptions,
  type SASLOptions,
} from 'kafkajs';
import type { Sockets } from './sockets';
import type { KafkaSource } from './source';

const CONNECT_TIMEOUT_MS = 1_000;
const REQUEST_TIMEOUT_MS = 5_000;
// An unreachable broker fails ten requests a second: each error is logged once a minute.
const SAID_AGAIN_MS = 60_000;
const SAID_MAX = 100;
/**
 * Errors about lost connections, refused requests and crashes: they are retried, and our own log says what
 * they mean.
 */
const EVERYDAY = new Set(['Connection', 'BrokerPool', 'Consumer', 'Runner']);

/**
 * For the consumer: it retries forever, because a consumer that gives up loses its place in the group, and
 * its successor waits until the old session has timed out (SESSION_MS in consumer-session.ts). Other requests
 * have limits of their own.
 */
export const ENDLESS: RetryOptions = {
  initialRetryTime: 100,
  maxRetryTime: 1_000,
  multiplier: 1.5,
  factor: 0.2,
  retries: 1_000_000,
};

/** For requests whose caller must not wait long. */
export const BRIEF: RetryOptions = { ...ENDLESS, retries: 2 };

/**
 * `retry` applies to everything that the client does: a consumer's or producer's own setting would not cover
 * its connecting.
 */
export function openKafka(
  { brokers, security, group }: KafkaSource,
  retry: RetryOptions,
  sockets: Sockets,
  log: Logger,
): Kafka {
  return new Kafka({
    brokers: [...brokers],
    ...clientSecurity(security),
    authenticationTimeout: REQUEST_TIMEOUT_MS,
    clientId: group,
    connectionTimeout: CONNECT_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    socketFactory: sockets.factory,
    retry,
    logLevel: logLevel.WARN,
    logCreator: () => quietly(log),
  });
}

/** The same as the client library names it. */
export function clientSecurity({ login, tls }: KafkaSecurity): Pick<KafkaConfig, 'sasl' | 'ssl'> {
  return {
    ...(login && { sasl: { ...login, mechanism: login.mechanism.toLowerCase() } as SASLOptions }),
    ...(tls && { ssl: tls.ca === null ? true : { ca: tls.ca } }),
  };
}

/**
 * The library's log: errors as warnings, each once a minute; the rest at debug level. Our own log says what
 * they mean.
 */
function quietly(log: Logger): (entry: LogEntry) => void {
  const saidAt = new Map<string, number>();
  return ({ level, namespace, log: { message, timestamp: _, logger: __, stack: ___, ...fields } }) => {
    if (level !== logLevel.ERROR || EVERYDAY.has(namespace))
      return log.debug({ namespace, ...fields }, message);
    const key = `${namespace} ${message}`;
    const now = performance.now();
    if (now - (saidAt.get(key) ?? -Infinity) < SAID_AGAIN_MS)
      return log.debug({ namespace, ...fields }, message);
    if (saidAt.size >= SAID_MAX) saidAt.clear();
    saidAt.set(key, now);
    log.warn({ namespace, broker: fields['broker'], reason: fields['error'] }, `kafka: ${message}`);
  };
}
