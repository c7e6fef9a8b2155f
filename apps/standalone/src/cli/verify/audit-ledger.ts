import type { Pool } from 'pg';
import type { Invariant } from './invariant';
import { sql } from './sql/sql.generated';

/** The invariants of design section 7 that the ledger alone can answer, in the order in which they are shown. */
const AUDITS = [
  sql.stockConservation,
  sql.noOversell,
  sql.heldEqualsLiveHolds,
  sql.soldEqualsConfirmed,
  sql.totalEqualsMovements,
  sql.oneEndPerHold,
  sql.customerLimit,
  sql.customerUnitsEqualHolds,
  sql.networkUnitsEqualHolds,
  sql.moneyEqualsOrders,
  sql.paidEqualsConfirmed,
  sql.noStrandedHold,
];

interface AuditRow {
  checked: string;
  broken: string;
  examples: unknown[] | null;
}

/** All audits on one snapshot, so that they speak of the same moment while selling goes on. The pool's role is the auditor's: it can only read. */
export async function auditLedger(pool: Pool): Promise<Invariant[]> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const found: Invariant[] = [];
    for (const { name, text } of AUDITS) {
      const { rows } = await client.query<AuditRow>(text);
      const { checked, broken, examples } = rows[0]!;
      found.push({ name, checked: Number(checked), broken: Number(broken), examples: examples ?? [] });
    }
    await client.query('COMMIT');
    return found;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}
