import { setTimeout as pause } from 'node:timers/promises';
import type { Pool } from 'pg';
import { auditLedger } from './invariants/audit-ledger';
import { type Invariant, type Verdict, verdictOf } from './invariants/invariant';
import { noView, type ShownView, viewEqualsLedger } from './view/view-equals-ledger';

const SWEEP_WAIT_MS = 5_000; // after a restart the product still has to expire overdue holds
const SWEEP_POLL_MS = 250;

/**
 * Checks all invariants of the ledger and, if a product is running, the counts that its gateways show. Role:
 * auditor, two connections.
 */
export async function verify(pool: Pool, views: readonly ShownView[]): Promise<Verdict> {
  const invariants = await auditUntilSwept(pool, views.length > 0);
  const view = views.length > 0 ? await viewEqualsLedger(pool, views) : noView();
  return verdictOf([...invariants, view]);
}

/**
 * The same of one drop and nothing else: of a rehearsal's ghost, which is in no list. Each view reads that drop.
 */
export async function verifyDrop(pool: Pool, dropId: string, views: readonly ShownView[]): Promise<Verdict> {
  const invariants = await auditUntilSwept(pool, true, dropId);
  return verdictOf([...invariants, await viewEqualsLedger(pool, views, { dropId })]);
}

/**
 * A hold past its deadline is the only violation that a running product repairs; any other is reported at
 * once.
 */
async function auditUntilSwept(pool: Pool, running: boolean, dropId?: string): Promise<Invariant[]> {
  const end = performance.now() + (running ? SWEEP_WAIT_MS : 0);
  for (;;) {
    const found = await auditLedger(pool, dropId);
    const broken = found.filter((invariant) => invariant.broken > 0);
    const onlyStranded = broken.length > 0 && broken.every(({ name }) => name === 'no-stranded-hold');
    if (!onlyStranded || performance.now() >= end) return found;
    await pause(SWEEP_POLL_MS);
  }
}
