import type { Pool } from 'pg';
import { sql } from './sql/sql.generated';
import type { AcknowledgedHold } from './acknowledged-hold';

export interface Promises {
  /** Units granted beyond the total, in the ledger or in answers to clients, whichever is more. */
  oversold: number;
  /** Acknowledged holds and payments that the ledger does not know. */
  lost: number;
}

interface SkuRow {
  sku: string;
  total: string;
  given: string;
}

/** Compares acknowledged holds with the ledger. Role: auditor. */
export async function checkPromises(
  pool: Pool,
  dropId: string,
  holds: readonly AcknowledgedHold[],
  nowMs: number,
): Promise<Promises> {
  const { rows } = await pool.query<SkuRow>(sql.givenUnits.text, [dropId]);
  const beyond = (given: number, total: number) => Math.max(0, given - total);
  const promised = promisedUnits(holds, nowMs);
  const byLedger = rows.reduce((sum, row) => sum + beyond(Number(row.given), Number(row.total)), 0);
  const byClients = rows.reduce((sum, row) => sum + beyond(promised.get(row.sku) ?? 0, Number(row.total)), 0);
  return { oversold: Math.max(byLedger, byClients), lost: await countLost(pool, dropId, holds) };
}

/** Only holds that are still valid: the units of an expired hold may have been granted again. */
function promisedUnits(holds: readonly AcknowledgedHold[], nowMs: number): Map<string, number> {
  const units = new Map<string, number>();
  for (const hold of holds) {
    if (hold.paidOrderId === null && !(hold.expiresAtMs > nowMs)) continue;
    units.set(hold.sku, (units.get(hold.sku) ?? 0) + hold.units);
  }
  return units;
}

async function countLost(pool: Pool, dropId: string, holds: readonly AcknowledgedHold[]): Promise<number> {
  const paid = holds.flatMap(({ paidOrderId }) => paidOrderId ?? []);
  const { rows } = await pool.query<{ lost: string }>(sql.countLost.text, [
    dropId,
    holds.map(({ holdId }) => holdId),
    paid,
  ]);
  return Number(rows[0]!.lost);
}
