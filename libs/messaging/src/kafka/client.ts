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
const SAID_AGAIN_MS = 60_000; // a broker that is away fails ten requests a second: each complaint is worth a line a minute
const SAID_MAX = 100;
/** Each lost connection, refused request and crash: they are tried again, and our own lines say what it means. */
const EVERYDAY = new Set(['Connection', 'BrokerPool', 'Consumer', 'Runner']);

/**
 * For the consumer: it tries for ever, because a consumer that gives up loses its place in the group and comes back only when its old session
 * is over, six seconds later. Requests of others bound themselves.
 */
export const ENDLESS: RetryOptions = {
  initialRetryTime: 100,
  maxRetryTime: 1_000,
  multiplier: 1.5,
  factor: 0.2,
  retries: 1_000_000,
};

/** For requests whose caller has something better to do than to wait. */
export const BRIEF: RetryOptions = { ...ENDLESS, retries: 2 };

/** `retry` holds for everything that the client does: a consumer's or a producer's own setting would leave its connecting to the client's. */
export function openKafka(
  { brokers, security, group }: KafkaSource,
  retry: RetryOptions,
  sockets: Sockets,
  log: Logger,
): Kafka {
  return new Kafka({
    brokers: [...brokers],
    ...secured(security),
    clientId: group,
    connectionTimeout: CONNECT_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    socketFactory: sockets.factory,
    retry,
    logLevel: logLevel.WARN,
    logCreator: () => quietly(log),
  });
}

function secured({ login, tls }: KafkaSecurity): Pick<KafkaConfig, 'sasl' | 'ssl' | 'authenticationTimeout'> {
  return {
    authenticationTimeout: REQUEST_TIMEOUT_MS,
    ...(login && { sasl: { ...login, mechanism: login.mechanism.toLowerCase() } as SASLOptions }),
    ...(tls && { ssl: tls.ca === null ? true : { ca: tls.ca } }),
  };
}

/** The library's complaints: errors as warnings, each once a minute; the rest for those who debug. What it means for us our own lines say. */
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
