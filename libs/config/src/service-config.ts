import { hostname } from 'node:os';
import { z } from 'zod';
import {
  AppConfig,
  appSchema,
  CLUSTER_MODE,
  type Env,
  onOff,
  origin,
  readEnvironment,
  toAppConfig,
  whole,
} from './app-config';
import { type KafkaSecurity, kafkaSettings, toKafkaSecurity, wrongKafkaSettings } from './kafka-settings';

export type ServiceName = 'gateway' | 'inventory' | 'checkout' | 'accounts' | 'rehearsals';

/** The settings of one service of the cluster mode. Also the Nest token under which they are injected. */
export abstract class ServiceConfig extends AppConfig {
  abstract readonly service: ServiceName;
  /** Name of the instance, e.g. `inventory-1`; the same after a restart. */
  abstract readonly instance: string;
  /** Where inventory, checkout and accounts accept calls, `host:port`. */
  abstract readonly listen: string;
  /** Address of health and metrics, separate from the public one; null: none. */
  abstract readonly ops: { host: string; port: number } | null;
  /** One address, or the nodes of a Redis Cluster. */
  abstract readonly redisUrls: readonly string[];
  abstract readonly kafkaBrokers: readonly string[];
  abstract readonly kafkaSecurity: KafkaSecurity;
  abstract readonly inventoryAddresses: readonly string[];
  abstract readonly checkoutAddresses: readonly string[];
  abstract readonly accountsAddresses: readonly string[];
  /** Makes the keys of accounts; null means the one in the data folder's secrets. */
  abstract readonly accountsKey: string | null;
  /** Shared by the services; null means the one in the data folder's secrets. */
  abstract readonly serviceKey: string | null;
  /**
   * Calls between services are encrypted: always, never, or (`auto`) unless both ends are on this machine.
   */
  abstract readonly tls: 'on' | 'off' | 'auto';
  /** The gateways' origin for the sandbox provider, which runs in checkout; null: the public one. */
  abstract readonly callbackAddress: string | null;
  /** Whether the gate may refuse early; without it every place goes to the ledger. */
  abstract readonly gate: boolean;
  /** Token for `/metrics` on the public address; null: only the ops address serves them. */
  abstract readonly metricsToken: string | null;
}

const list = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
);
const endpoint = z.string().regex(/^(\[[0-9a-f:]+\]|[^\s:,/]+):\d{1,5}$/i, 'must be host:port');
const endpoints = list.pipe(z.array(endpoint).min(1));
const redisUrl = z.string().regex(/^rediss?:\/\//, 'must begin with redis:// or rediss://');

export const serviceKey = z.string().min(32, 'must have 32 characters or more');

const serviceSchema = appSchema.extend({
  HOLDFAST_INSTANCE: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,60}$/, 'must be 1 to 60 letters, digits, dots, dashes')
    .optional(),
  HOLDFAST_LISTEN: endpoint.optional(),
  HOLDFAST_OPS_PORT: whole(0, 65_535).optional(),
  HOLDFAST_OPS_HOST: z.string().min(1).default('127.0.0.1'),
  REDIS_URL: list.pipe(z.array(redisUrl).min(1)).optional(),
  KAFKA_BROKERS: list
    .pipe(z.array(z.string().regex(/^[^\s/]+:\d{1,5}$/, 'must be host:port')).min(1))
    .optional(),
  ...kafkaSettings,
  INVENTORY_ADDRESSES: endpoints.optional(),
  CHECKOUT_ADDRESSES: endpoints.optional(),
  ACCOUNTS_ADDRESSES: endpoints.optional(),
  HOLDFAST_ACCOUNTS_KEY: serviceKey.optional(),
  HOLDFAST_SERVICE_KEY: serviceKey.optional(),
  HOLDFAST_TLS: z.enum(['on', 'off', 'auto']).default('auto'),
  HOLDFAST_CALLBACK_ADDRESS: origin.optional(),
  HOLDFAST_GATE: onOff.default(true),
  HOLDFAST_METRICS_TOKEN: z.string().min(16, 'must have 16 characters or more').optional(),
});

const NEEDS: Record<ServiceName, (keyof z.output<typeof serviceSchema>)[]> = {
  gateway: ['REDIS_URL', 'INVENTORY_ADDRESSES', 'CHECKOUT_ADDRESSES', 'ACCOUNTS_ADDRESSES'],
  inventory: ['DATABASE_URL', 'REDIS_URL', 'KAFKA_BROKERS'],
  checkout: ['DATABASE_URL', 'INVENTORY_ADDRESSES'],
  accounts: ['DATABASE_URL', 'INVENTORY_ADDRESSES'],
  rehearsals: ['INVENTORY_ADDRESSES'],
};
/** Where it listens unless told otherwise; nobody calls the runner of rehearsals. */
const PORTS: Record<Exclude<ServiceName, 'rehearsals'>, number> = {
  gateway: 3000,
  inventory: 4001,
  checkout: 4002,
  accounts: 4003,
};

/** Reads the environment of a service. Throws `ConfigError` with all missing or invalid variables. */
export function loadServiceConfig(env: Env, service: ServiceName): ServiceConfig {
  const it = readEnvironment(serviceSchema, { ...env, ...CLUSTER_MODE }, (values) => [
    ...NEEDS[service]
      .filter((name) => values[name] === undefined)
      .map((name) => `${name}: ${service} needs it`),
    ...wrongKafkaSettings(values),
  ]);
  const opsPort = it.HOLDFAST_OPS_PORT;
  return Object.freeze({
    ...toAppConfig(it),
    service,
    instance: it.HOLDFAST_INSTANCE ?? hostname(),
    listen: it.HOLDFAST_LISTEN ?? (service === 'rehearsals' ? '' : `127.0.0.1:${PORTS[service]}`),
    ops: opsPort === undefined ? null : { host: it.HOLDFAST_OPS_HOST, port: opsPort },
    redisUrls: it.REDIS_URL ?? [],
    kafkaBrokers: it.KAFKA_BROKERS ?? [],
    kafkaSecurity: toKafkaSecurity(it),
    inventoryAddresses: it.INVENTORY_ADDRESSES ?? [],
    checkoutAddresses: it.CHECKOUT_ADDRESSES ?? [],
    accountsAddresses: it.ACCOUNTS_ADDRESSES ?? [],
    accountsKey: it.HOLDFAST_ACCOUNTS_KEY ?? null,
    serviceKey: it.HOLDFAST_SERVICE_KEY ?? null,
    tls: it.HOLDFAST_TLS,
    callbackAddress: it.HOLDFAST_CALLBACK_ADDRESS ?? null,
    gate: it.HOLDFAST_GATE,
    metricsToken: it.HOLDFAST_METRICS_TOKEN ?? null,
  });
}
