import type { Pool } from 'pg';
import type { AcknowledgedHold } from './tally';

export interface Promises {
  /** Units given beyond what there is, by the ledger or by what the product promised its clients, whichever is worse. */
  oversold: number;
  /** Acknowledged holds and payments that the ledger does not know. */
  lost: number;
}

interface SkuRow {
  sku: string;
  total: string;
  given: string;
}

/** Compares what clients were promised with what the ledger has. Role: auditor. */
export async function checkPromises(
  pool: Pool,
  dropId: string,
  holds: readonly AcknowledgedHold[],
  nowMs: number,
): Promise<Promises> {
  const { rows } = await pool.query<SkuRow>(
    `SELECT s.sku, s.total, coalesce(sum(l.quantity), 0) AS given
     FROM inventory.stock s
     LEFT JOIN (inventory.hold h CROSS JOIN LATERAL unnest(h.skus, h.quantities) AS l(sku, quantity))
       ON h.drop_id = s.drop_id AND h.state IN ('held', 'confirmed') AND l.sku = s.sku
     WHERE s.drop_id = $1 GROUP BY s.sku, s.total`,
    [dropId],
  );
  const beyond = (given: number, total: number) => Math.max(0, given - total);
  const promised = promisedUnits(holds, nowMs);
  const byLedger = rows.reduce((sum, row) => sum + beyond(Number(row.given), Number(row.total)), 0);
  const byClients = rows.reduce((sum, row) => sum + beyond(promised.get(row.sku) ?? 0, Number(row.total)), 0);
  return { oversold: Math.max(byLedger, byClients), lost: await countLost(pool, dropId, holds) };
}

/** Only promises that still stand: the units of a hold whose time is over may have been promised again. */
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
  const { rows } = await pool.query<{ lost: string }>(
    `SELECT (SELECT count(*) FROM unnest($2::text[]) AS w(id)
             WHERE NOT EXISTS (SELECT FROM inventory.hold h WHERE h.drop_id = $1 AND h.hold_id = w.id))
          + (SELECT count(*) FROM unnest($3::text[]) AS w(id)
             WHERE NOT EXISTS (SELECT FROM checkout.orders o WHERE o.drop_id = $1 AND o.order_id = w.id AND o.state = 'paid')) AS lost`,
    [dropId, holds.map(({ holdId }) => holdId), paid],
  );
  return Number(rows[0]!.lost);
}
