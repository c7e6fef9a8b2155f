import { setTimeout as pause } from 'node:timers/promises';
import { ROLES } from '@holdfast/postgres';
import type { Pool } from 'pg';
import { askService } from '../product/ask-service';
import { findAddress, type Product } from '../product/find-product';
import { OperatorPass } from '../product/operator-pass';
import { withLedger } from '../../process/with-ledger';
import { auditLedger } from './audit-ledger';
import { type Invariant, type Verdict, verdictOf } from './invariant';
import { readPublicDrops } from './public-drops';
import { noView, viewEqualsLedger } from './view-equals-ledger';

const SWEEP_WAIT_MS = 5_000; // a product that has just come back from a crash sweeps what ran out meanwhile
const SWEEP_ASK_MS = 250;
const POOL_MAX = 2; // the gateways are compared side by side

/** Checks everything that must always hold, in the ledger and, when a product runs, in what it shows. */
export async function verifyProduct(product: Product): Promise<Verdict> {
  const addresses = await gatewaysOf(product);
  const pass = new OperatorPass(product.config.dataDir);
  return withLedger(
    product.databaseUrl,
    ROLES.auditor,
    async (pool) => {
      const found = await auditUntilSwept(pool, addresses.length > 0);
      const views = addresses.map((at) => ({ at, read: () => readPublicDrops(at, pass.headers()) }));
      const view = views.length > 0 ? await viewEqualsLedger(pool, views) : noView();
      return verdictOf([...found, view]);
    },
    POOL_MAX,
  );
}

/**
 * Each gateway for itself: the proxy sends the same caller to the same one. Where only the database is known, the settings of a cluster say where
 * the product listens (the service `cli` of docker-compose.yml); a standalone one without its run.json is not running.
 */
async function gatewaysOf(product: Product): Promise<string[]> {
  const { run, config } = product;
  if (run) {
    const own = run.components.flatMap(({ kind, address }) =>
      kind === 'gateway' && address ? [address] : [],
    );
    return own.length > 0 ? own : [run.address];
  }
  const address = findAddress(product);
  return config.mode === 'cluster' && (await askService(`${address}/health/ready`)) ? [address] : [];
}

/** Holds past their time are the one breach that heals by itself; any other is told at once. */
async function auditUntilSwept(pool: Pool, running: boolean): Promise<Invariant[]> {
  const end = performance.now() + (running ? SWEEP_WAIT_MS : 0);
  for (;;) {
    const found = await auditLedger(pool);
    const broken = found.filter((invariant) => invariant.broken > 0);
    const onlyStranded = broken.length > 0 && broken.every(({ name }) => name === 'no-stranded-hold');
    if (!onlyStranded || performance.now() >= end) return found;
    await pause(SWEEP_ASK_MS);
  }
}
