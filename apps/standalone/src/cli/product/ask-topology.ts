import { askConnect, askKafka, askRedis } from './ask-servers';
import { askLedger, type LedgerFacts } from './ask-ledger';
import { askService, type Health } from './ask-service';
import type { Product } from './find-product';
import { OperatorPass } from './operator-pass';
import type { Component } from './run-state';

export interface ComponentReport {
  name: string;
  kind: string;
  /** Null for what the product did not start. */
  pid: number | null;
  address: string | null;
  /** Where a service of the cluster shows its health and its figures, apart from what others ask of it; the rest have no such address. */
  opsAddress?: string;
  state: 'up' | 'down' | 'degraded';
  version: string | null;
  /** Of what follows the ledger's log: bytes of it not yet worked off. Null for the others, and when nobody can say. */
  lag: number | null;
  /** The same as time, where the component says so itself: every change committed this long ago has arrived. */
  lagMs?: number | null;
}

export interface Topology {
  mode: string;
  components: ComponentReport[];
}

/** Asks each component of the product itself: what it wrote down at its start says nothing about now. */
export async function askTopology(product: Product): Promise<Topology> {
  const { run, databaseUrl, config } = product;
  const components: Component[] = run?.components ?? [databaseOnly(databaseUrl)];
  const ledger = await askLedger(databaseUrl, run?.slot ?? null);
  const reports = await Promise.all(
    components.map(async (it) => {
      const { healthUrl, ...known } = it;
      return {
        ...known,
        ...opsAddressOf(healthUrl, it.address),
        lag: null,
        ...(await ask(it, product, ledger)),
      };
    }),
  );
  return { mode: run?.mode ?? config.mode, components: reports };
}

function opsAddressOf(healthUrl: string | undefined, address: string | null): { opsAddress?: string } {
  if (healthUrl === undefined || !URL.canParse(healthUrl)) return {};
  const { origin } = new URL(healthUrl);
  return origin === address ? {} : { opsAddress: origin };
}

function databaseOnly(databaseUrl: string): Component {
  const { hostname, port } = new URL(databaseUrl);
  return {
    name: 'postgres',
    kind: 'postgres',
    pid: null,
    address: `${hostname}:${port || '5432'}`,
    version: null,
  };
}

type Found = Pick<ComponentReport, 'state'> & Partial<Pick<ComponentReport, 'lag' | 'lagMs' | 'version'>>;

async function ask(it: Component, { run, config }: Product, ledger: LedgerFacts | null): Promise<Found> {
  switch (it.kind) {
    case 'postgres':
      return ledger ? { state: 'up', version: ledger.version } : { state: 'down' };
    case 'redis':
      return { state: await askRedis(run?.redisUrl ?? null) };
    case 'kafka':
      return { state: await askKafka(it.address, run?.kafkaSecurity) };
    case 'connect':
      return { state: await askConnect(run?.connectUrl ?? it.address, ledger), lag: ledger?.lag ?? null };
    case 'standalone':
      return { ...(await serviceState(it, config)), lag: ledger?.lag ?? null };
    default:
      return serviceState(it, config);
  }
}

/** With the operator's pass: what this machine has asked before must not make the product look ill. */
async function serviceState(it: Component, { dataDir }: Product['config']): Promise<Found> {
  const url = it.healthUrl ?? (it.address && new URL('/health/ready', it.address).href);
  const health = await askService(url, new OperatorPass(dataDir).headers());
  return { state: stateOf(health), ...(health?.lagMs === undefined ? {} : { lagMs: health.lagMs }) };
}

/** Up: ready, and all that it needs is there. Degraded: it answers, and says that something is wrong. Down: no answer. */
function stateOf(health: Health | null): ComponentReport['state'] {
  if (!health) return 'down';
  return health.ready && health.whole ? 'up' : 'degraded';
}
