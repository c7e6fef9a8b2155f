import type { Pool } from 'pg';
import type { Invariant } from './invariant';
import { ofDrop } from './of-drop';
import { sql } from './sql/sql.generated';

/** The invariants of the ledger, in display order. Each is explained in its file. */
export const AUDITS = [
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

/**
 * Runs all audits in one snapshot, so that they are consistent during sales. The pool's role is the
 * auditor's, which can only read. `dropId`: of that drop alone.
 */
export async function auditLedger(pool: Pool, dropId?: string): Promise<Invariant[]> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const found: Invariant[] = [];
    for (const { name, text } of AUDITS) {
      const { rows } = await (dropId === undefined
        ? client.query<AuditRow>(text)
        : client.query<AuditRow>(ofDrop(text), [dropId]));
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
