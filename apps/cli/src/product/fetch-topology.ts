import type { RunningComponent } from '@holdfast/process';
import { connectState, kafkaState, redisState } from './server-states';
import { queryLedger, type LedgerFacts } from './query-ledger';
import { fetchHealth, type Health } from './fetch-health';
import type { Product } from './find-product';
import { OperatorPass } from './operator-pass';

export interface ComponentReport {
  name: string;
  kind: string;
  /** Null for what the product did not start. */
  pid: number | null;
  address: string | null;
  /** The separate address of health and metrics that services of the cluster have; the others have none. */
  opsAddress?: string;
  state: 'up' | 'down' | 'degraded';
  version: string | null;
  /** For readers of the ledger's log: its bytes that are not confirmed yet. Null for the others, and when it is unknown. */
  lag: number | null;
  /** The same as time, if the component reports it: every change committed this long ago has arrived. */
  lagMs?: number | null;
}

export interface Topology {
  mode: string;
  components: ComponentReport[];
}

/** Checks each component of the product: run.json only shows the state at its start. */
export async function fetchTopology(product: Product): Promise<Topology> {
  const { run, databaseUrl, config } = product;
  const components: RunningComponent[] = run?.components ?? [databaseOnly(databaseUrl)];
  const ledger = await queryLedger(databaseUrl, run?.slot ?? null);
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

function databaseOnly(databaseUrl: string): RunningComponent {
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

async function ask(
  it: RunningComponent,
  { run, config }: Product,
  ledger: LedgerFacts | null,
): Promise<Found> {
  switch (it.kind) {
    case 'postgres':
      return ledger ? { state: 'up', version: ledger.version } : { state: 'down' };
    case 'redis':
      return { state: await redisState(run?.redisUrl ?? null) };
    case 'kafka':
      return { state: await kafkaState(it.address, run?.kafkaSecurity) };
    case 'connect':
      return { state: await connectState(run?.connectUrl ?? it.address, ledger), lag: ledger?.lag ?? null };
    case 'standalone':
      return { ...(await serviceState(it, config)), lag: ledger?.lag ?? null };
    default:
      return serviceState(it, config);
  }
}

/** With the operator's pass, so that rate limits do not make the product look unhealthy. */
async function serviceState(it: RunningComponent, { dataDir }: Product['config']): Promise<Found> {
  const url = it.healthUrl ?? (it.address && new URL('/health/ready', it.address).href);
  const health = await fetchHealth(url, new OperatorPass(dataDir).headers());
  return { state: stateOf(health), ...(health?.lagMs === undefined ? {} : { lagMs: health.lagMs }) };
}

/** Up: ready, and all its dependencies are up. Degraded: it answers, and reports a failure. Down: no answer. */
function stateOf(health: Health | null): ComponentReport['state'] {
  if (!health) return 'down';
  return health.ready && health.whole ? 'up' : 'degraded';
}
