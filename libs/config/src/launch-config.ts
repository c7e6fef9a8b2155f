import { z } from 'zod';
import { type AppConfig, appSchema, type Env, readEnvironment, toAppConfig, whole } from './app-config';
import { origin } from './service-config';

/** Servers that are there already; null: to be started. Written as in the environment, so that they can be handed on. */
export interface GivenServers {
  readonly redisUrl: string | null;
  readonly kafkaBrokers: string | null;
  /** Of Kafka Connect, without a slash at the end. */
  readonly connectUrl: string | null;
}

/** The settings of `npm run cluster`: those of a product, and the servers that it need not start. */
export interface LaunchConfig extends AppConfig {
  readonly given: GivenServers;
  /** The origin that shoppers see, when that is not where nginx listens: somebody runs another proxy in front. */
  readonly publicAddress: string | null;
  /** The origin at which the sandbox provider reaches the gateways; null: where nginx listens. */
  readonly callbackAddress: string | null;
}

const listOf = (one: RegExp, words: string) =>
  z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim()))
    .pipe(z.array(z.string().regex(one, words)).min(1))
    .transform((parts) => parts.join(','))
    .optional();

// Our own nginx is one more, and the gateways count to ten.
const HOPS_MAX = 9;

const schema = appSchema.extend({
  HOLDFAST_PROXY_HOPS: whole(0, HOPS_MAX).default(0),
  HOLDFAST_PUBLIC_ADDRESS: origin.optional(),
  HOLDFAST_CALLBACK_ADDRESS: origin.optional(),
  REDIS_URL: listOf(
    /^rediss?:\/\/\S+$/,
    'must begin with redis:// or rediss:// (several nodes: comma-separated)',
  ),
  KAFKA_BROKERS: listOf(/^[^\s/]+:\d{1,5}$/, 'must be host:port (several brokers: comma-separated)'),
  CONNECT_URL: z
    .string()
    .regex(/^https?:\/\/\S+$/, 'must begin with http:// or https://')
    .transform((url) => url.replace(/\/+$/, ''))
    .optional(),
});

/** Reads the environment of the launcher. Throws `ConfigError` with all that is wrong. */
export function loadLaunchConfig(env: Env): LaunchConfig {
  const it = readEnvironment(schema, { ...env, HOLDFAST_MODE: 'cluster' }, connectElsewhere);
  return Object.freeze({
    ...toAppConfig(it),
    given: Object.freeze({
      redisUrl: it.REDIS_URL ?? null,
      kafkaBrokers: it.KAFKA_BROKERS ?? null,
      connectUrl: it.CONNECT_URL ?? null,
    }),
    publicAddress: it.HOLDFAST_PUBLIC_ADDRESS ?? null,
    callbackAddress: it.HOLDFAST_CALLBACK_ADDRESS ?? null,
  });
}

/** Somebody's Connect writes to their Kafka: with one of our own beside it counts would be stale for ever. */
function connectElsewhere({ CONNECT_URL, KAFKA_BROKERS }: z.output<typeof schema>): string[] {
  if (CONNECT_URL === undefined || KAFKA_BROKERS !== undefined) return [];
  return ['CONNECT_URL: needs KAFKA_BROKERS, the one it writes to'];
}
