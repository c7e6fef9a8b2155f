import { setTimeout as pause } from 'node:timers/promises';
import { ROLES } from '@holdfast/postgres';
import type { Pool } from 'pg';
import type { Product } from '../product/find-product';
import { OperatorPass } from '../product/operator-pass';
import { withLedger } from '../../process/with-ledger';
import { auditLedger } from './audit-ledger';
import { type Invariant, type Verdict, verdictOf } from './invariant';
import { readPublicDrops } from './public-drops';
import { noView, viewEqualsLedger } from './view-equals-ledger';

const SWEEP_WAIT_MS = 5_000; // a product that has just come back from a crash sweeps what ran out meanwhile
const SWEEP_ASK_MS = 250;

/** Checks everything that must always hold, in the ledger and, when a product runs, in what it shows. */
export function verifyProduct({ databaseUrl, run, config }: Product): Promise<Verdict> {
  return withLedger(databaseUrl, ROLES.auditor, async (pool) => {
    const found = await auditUntilSwept(pool, run !== null);
    const pass = new OperatorPass(config.dataDir);
    const view = run
      ? await viewEqualsLedger(pool, () => readPublicDrops(run.address, pass.headers()))
      : noView();
    return verdictOf([...found, view]);
  });
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
