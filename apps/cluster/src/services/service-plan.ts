import { fromKafkaSecurity, type KafkaSecurity, type LaunchConfig, type LedgerUrls } from '@holdfast/config';

export type ServiceName = 'inventory' | 'checkout' | 'accounts' | 'gateway' | 'rehearsals';

/**
 * Two of each, so that one can be replaced or fail while the other continues; one runner, since there is one
 * rehearsal at a time and shoppers do without it.
 */
const INSTANCES: Readonly<Record<ServiceName, number>> = {
  inventory: 2,
  checkout: 2,
  accounts: 2,
  gateway: 2,
  rehearsals: 1,
};
export const SERVICES: readonly ServiceName[] = [
  'inventory',
  'checkout',
  'accounts',
  'gateway',
  'rehearsals',
];

/** One process to run. */
export interface PlannedService {
  service: ServiceName;
  /** E.g. `inventory-1`; also its name for people, and of its log. */
  instance: string;
  /** Where it takes calls (inventory, checkout, accounts) or requests (gateway), as `host:port`; of the runner, which takes none, where it reports its health. */
  address: string;
  /** Of health and metrics, e.g. `http://127.0.0.1:20123`. */
  opsUrl: string;
  env: Record<string, string>;
}

export interface ServicePlaces {
  /** A login for each service. */
  ledger: LedgerUrls;
  redisUrl: string;
  kafkaBrokers: string;
  kafkaSecurity: KafkaSecurity;
  /** The origin that shoppers see. */
  publicAddress: string;
  /** The origin at which the sandbox provider, which runs in checkout, reaches the gateways. */
  callbackAddress: string;
}

type Ports = Record<string, number>;

function isCalled(service: ServiceName): boolean {
  return service !== 'rehearsals';
}

const instances = SERVICES.flatMap((service) =>
  Array.from({ length: INSTANCES[service] }, (_, i) => ({ service, instance: `${service}-${i + 1}` })),
);

/** The names of all ports that the services need; the same names give the same ports at the next start. */
export const SERVICE_PORTS = instances.flatMap(({ service, instance }) =>
  isCalled(service) ? [instance, `${instance}-ops`] : [`${instance}-ops`],
);

export const SERVICE_INSTANCES = instances.map(({ instance }) => instance);

const addressesOf = (service: ServiceName, ports: Ports) =>
  instances.filter((each) => each.service === service).map(({ instance }) => `127.0.0.1:${ports[instance]}`);

/** Which processes run with which settings. They listen on loopback only; the proxy alone is reachable from the network. */
export function planServices(
  config: LaunchConfig,
  ports: Ports,
  places: ServicePlaces,
  own: Record<string, string | undefined>,
): PlannedService[] {
  return instances.map(({ service, instance }) => {
    const opsPort = String(ports[`${instance}-ops`]);
    const address = `127.0.0.1:${isCalled(service) ? ports[instance] : opsPort}`;
    const set = {
      HOLDFAST_MODE: 'cluster',
      HOLDFAST_DATA_DIR: config.dataDir,
      HOLDFAST_INSTANCE: instance,
      HOLDFAST_OPS_HOST: '127.0.0.1',
      HOLDFAST_OPS_PORT: opsPort,
      HOLDFAST_PUBLIC_ADDRESS: places.publicAddress,
      HOLDFAST_CALLBACK_ADDRESS: places.callbackAddress,
      // The operator's proxies, and our nginx.
      HOLDFAST_PROXY_HOPS: String(config.proxyHops + 1),
      // The services listen on loopback, so they do not see who can reach the proxy.
      HOLDFAST_SANDBOX_FAULTS: config.sandboxFaults ? 'on' : 'off',
      LOG_LEVEL: config.logLevel,
      // Absolute: each service has a working directory of its own.
      ...(config.auditDir === null ? {} : { HOLDFAST_AUDIT_DIR: config.auditDir }),
      ...settingsOf(service, address, ports, places),
    };
    return {
      service,
      instance,
      address,
      opsUrl: `http://127.0.0.1:${opsPort}`,
      env: { ...handedOn(own, Object.keys(set)), ...set },
    };
  });
}

function settingsOf(
  service: ServiceName,
  address: string,
  ports: Ports,
  places: ServicePlaces,
): Record<string, string> {
  const { ledger, redisUrl, kafkaBrokers, kafkaSecurity } = places;
  const inventories = addressesOf('inventory', ports).join(',');
  switch (service) {
    case 'inventory':
      return {
        HOLDFAST_LISTEN: address,
        DATABASE_URL: ledger.inventory,
        REDIS_URL: redisUrl,
        KAFKA_BROKERS: kafkaBrokers,
        ...fromKafkaSecurity(kafkaSecurity),
      };
    case 'checkout':
      return { HOLDFAST_LISTEN: address, DATABASE_URL: ledger.checkout, INVENTORY_ADDRESSES: inventories };
    case 'accounts':
      return { HOLDFAST_LISTEN: address, DATABASE_URL: ledger.accounts, INVENTORY_ADDRESSES: inventories };
    case 'rehearsals':
      return { INVENTORY_ADDRESSES: inventories };
    case 'gateway':
      return {
        HOST: '127.0.0.1',
        PORT: address.split(':')[1]!,
        REDIS_URL: redisUrl,
        INVENTORY_ADDRESSES: inventories,
        CHECKOUT_ADDRESSES: addressesOf('checkout', ports).join(','),
        ACCOUNTS_ADDRESSES: addressesOf('accounts', ports).join(','),
      };
  }
}

/** The operator's settings are passed to the services, except those that are decided here. */
function handedOn(own: Record<string, string | undefined>, decided: string[]): Record<string, string> {
  const ours = new Set(decided.flatMap((name) => [name, `${name}_FILE`]));
  return Object.fromEntries(
    Object.entries(own).filter(
      (entry): entry is [string, string] =>
        /^(HOLDFAST_|NODE_OPTIONS$)/.test(entry[0]) && !ours.has(entry[0]) && entry[1] !== undefined,
    ),
  );
}
