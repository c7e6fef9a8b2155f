import { readPublicDrops, type ShownView, type Verdict, verify } from '@holdfast/audit';
import { ROLES, withLedger } from '@holdfast/postgres';
import { fetchHealth } from './fetch-health';
import { findAddress, type Product } from './find-product';
import { OperatorPass } from './operator-pass';

const POOL_MAX = 2; // the gateways are compared concurrently

/** Checks all invariants, in the ledger and, when a product runs, in its public counts. */
export async function verifyProduct(product: Product): Promise<Verdict> {
  const addresses = await gatewaysOf(product);
  const pass = new OperatorPass(product.config.dataDir);
  const views = addresses.map((at): ShownView => ({ at, read: () => readPublicDrops(at, pass.headers()) }));
  return withLedger(product.databaseUrl, ROLES.auditor, (pool) => verify(pool, views), POOL_MAX);
}

/**
 * Each gateway separately, since the proxy always sends the same caller to the same one. If only the database is known, the settings of a cluster
 * name the product's address (the service `cli` of docker-compose.yml); a standalone product without run.json is not running.
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
  return config.mode === 'cluster' && (await fetchHealth(`${address}/health/ready`)) ? [address] : [];
}
