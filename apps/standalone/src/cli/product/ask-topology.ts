import { Client } from 'pg';
import { request } from 'undici';
import type { Product } from './find-product';
import type { Component } from './run-state';
import { sql } from './sql/sql.generated';

export interface ComponentReport extends Component {
  state: 'up' | 'down' | 'degraded';
  /** Of what follows the ledger's log: bytes of it not yet worked off. Null for the others, and when nobody can say. */
  lag: number | null;
}

export interface Topology {
  mode: string;
  components: ComponentReport[];
}

const ASK_MS = 3_000;

/** Asks each component of the product itself: what it wrote down at its start says nothing about now. */
export async function askTopology({ run, databaseUrl, config }: Product): Promise<Topology> {
  const components: Component[] = run?.components ?? [databaseOnly(databaseUrl)];
  const ledger = await askLedger(databaseUrl);
  const reports = components.map((it) =>
    it.kind === 'postgres' ? ledgerReport(it, ledger) : serviceReport(it, ledger),
  );
  return { mode: run?.mode ?? config.mode, components: await Promise.all(reports) };
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

interface LedgerFacts {
  version: string;
  lag: number | null;
}

async function askLedger(databaseUrl: string): Promise<LedgerFacts | null> {
  const client = new Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: ASK_MS,
    query_timeout: ASK_MS,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ version: string; lag: string | null }>(sql.changeStreamLag.text);
    const { version, lag } = rows[0]!;
    return { version, lag: lag === null ? null : Math.max(0, Number(lag)) };
  } catch {
    return null;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function ledgerReport(component: Component, ledger: LedgerFacts | null): Promise<ComponentReport> {
  return {
    ...component,
    version: ledger?.version ?? component.version,
    state: ledger ? 'up' : 'down',
    lag: null,
  };
}

/** Up: ready. Degraded: it answers, and says that it is not ready. Down: no answer. */
async function serviceReport(component: Component, ledger: LedgerFacts | null): Promise<ComponentReport> {
  return { ...component, state: await askHealth(component.address), lag: ledger?.lag ?? null };
}

async function askHealth(address: string | null): Promise<ComponentReport['state']> {
  if (address === null) return 'down';
  try {
    const answer = await request(new URL('/health/ready', address), {
      headersTimeout: ASK_MS,
      bodyTimeout: ASK_MS,
    });
    await answer.body.dump();
    return answer.statusCode === 200 ? 'up' : 'degraded';
  } catch {
    return 'down';
  }
}
