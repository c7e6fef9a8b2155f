import { z } from 'zod';
import {
  type AppConfig,
  appSchema,
  CLUSTER_MODE,
  type Env,
  origin,
  readEnvironment,
  toAppConfig,
  whole,
} from './app-config';
import { type KafkaSecurity, kafkaSettings, toKafkaSecurity, wrongKafkaSettings } from './kafka-settings';
import { serviceKey } from './service-config';

/** Existing servers; null: to be started. Formatted as in the environment, so that they can be passed on. */
export interface GivenServers {
  readonly redisUrl: string | null;
  readonly kafkaBrokers: string | null;
  /** Of that Kafka. */
  readonly kafkaSecurity: KafkaSecurity;
  /** Of Kafka Connect, with its login if it wants one, without a slash at the end. */
  readonly connectUrl: string | null;
}

/** The settings of `npm run cluster`: those of a product, and existing servers. */
export interface LaunchConfig extends AppConfig {
  readonly given: GivenServers;
  /** The origin at which the sandbox provider reaches the gateways; null: where nginx listens. */
  readonly callbackAddress: string | null;
  /** Shared by the services; null means the one in the data folder's secrets. */
  readonly serviceKey: string | null;
}

const listOf = (one: RegExp, words: string) =>
  z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim()))
    .pipe(z.array(z.string().regex(one, words)).min(1))
    .transform((parts) => parts.join(','))
    .optional();

// The cluster's nginx is one more, and gateways accept at most ten.
const HOPS_MAX = 9;

const schema = appSchema.extend({
  HOLDFAST_PROXY_HOPS: whole(0, HOPS_MAX).default(0),
  HOLDFAST_SERVICE_KEY: serviceKey.optional(),
  HOLDFAST_CALLBACK_ADDRESS: origin.optional(),
  REDIS_URL: listOf(
    /^rediss?:\/\/\S+$/,
    'must begin with redis:// or rediss:// (several nodes: comma-separated)',
  ),
  KAFKA_BROKERS: listOf(/^[^\s/]+:\d{1,5}$/, 'must be host:port (several brokers: comma-separated)'),
  ...kafkaSettings,
  CONNECT_URL: z
    .string()
    .regex(/^https?:\/\/\S+$/, 'must begin with http:// or https://')
    .refine(
      (url) => URL.canParse(url),
      'is no address: encode unusual letters of a password, or use CONNECT_PASSWORD',
    )
    .transform((url) => url.replace(/\/+$/, ''))
    .optional(),
  CONNECT_USERNAME: z.string().min(1).optional(),
  CONNECT_PASSWORD: z.string().min(1).optional(),
});

/** Reads the environment of the launcher. Throws `ConfigError` with all errors. */
export function loadLaunchConfig(env: Env): LaunchConfig {
  const it = readEnvironment(schema, { ...env, ...CLUSTER_MODE }, (values) => [
    ...connectElsewhere(values),
    ...halfConnectLogin(values),
    ...wrongKafkaSettings(values),
  ]);
  return Object.freeze({
    ...toAppConfig(it),
    given: Object.freeze({
      redisUrl: it.REDIS_URL ?? null,
      kafkaBrokers: it.KAFKA_BROKERS ?? null,
      kafkaSecurity: toKafkaSecurity(it),
      connectUrl: connectUrlOf(it),
    }),
    callbackAddress: it.HOLDFAST_CALLBACK_ADDRESS ?? null,
    serviceKey: it.HOLDFAST_SERVICE_KEY ?? null,
  });
}

/**
 * An external Connect writes to its own Kafka: with a Kafka started by the launcher, counts would be stale
 * forever.
 */
function connectElsewhere({ CONNECT_URL, KAFKA_BROKERS }: z.output<typeof schema>): string[] {
  if (CONNECT_URL === undefined || KAFKA_BROKERS !== undefined) return [];
  return ['CONNECT_URL: needs KAFKA_BROKERS, the one it writes to'];
}

function halfConnectLogin(it: z.output<typeof schema>): string[] {
  const { CONNECT_URL: url, CONNECT_USERNAME: username, CONNECT_PASSWORD: password } = it;
  if (username === undefined && password === undefined) return [];
  if (username === undefined) return ['CONNECT_USERNAME: CONNECT_PASSWORD needs it'];
  if (password === undefined) return ['CONNECT_PASSWORD: CONNECT_USERNAME needs it'];
  if (url === undefined) return ['CONNECT_URL: a login is for a Kafka Connect that is named there'];
  return new URL(url).username === '' ? [] : ['CONNECT_USERNAME: there is a login in CONNECT_URL already'];
}

/** Written into the address, where the tools read it. */
function connectUrlOf(it: z.output<typeof schema>): string | null {
  const { CONNECT_URL: address, CONNECT_USERNAME: username, CONNECT_PASSWORD: password } = it;
  if (address === undefined) return null;
  if (username === undefined || password === undefined) return address;
  return address.replace('//', `//${encodeURIComponent(username)}:${encodeURIComponent(password)}@`);
}
