import type { Client } from 'pg';
import { onDatabase } from './drops';

/** One row for each rule that the ledger's rows break, in words. */
const FAULTS = `
WITH line AS (
  SELECT h.state, l.sku, l.quantity FROM inventory.hold h, unnest(h.skus, h.quantities) AS l(sku, quantity) WHERE h.drop_id = $1
), truth AS (
  SELECT s.sku, s.total, s.available, s.held, s.sold,
    coalesce((SELECT sum(quantity) FROM line WHERE line.sku = s.sku AND line.state = 'held'), 0) AS live,
    coalesce((SELECT sum(quantity) FROM line WHERE line.sku = s.sku AND line.state = 'confirmed'), 0)
      - coalesce((SELECT sum(units) FROM inventory.returned r WHERE r.drop_id = $1 AND r.sku = s.sku), 0) AS bought,
    (SELECT sum(delta) FROM inventory.movement m WHERE m.drop_id = $1 AND m.sku = s.sku) AS moved
  FROM inventory.stock s WHERE s.drop_id = $1
), customer AS (
  SELECT coalesce(h.customer_id, c.customer_id) AS customer_id, coalesce(h.units, 0) AS has, coalesce(c.units, 0) AS counted, c.unit_limit
  FROM (SELECT customer_id, sum(units) AS units FROM (
    SELECT customer_id, units FROM inventory.hold WHERE drop_id = $1 AND state IN ('held', 'confirmed')
    UNION ALL SELECT customer_id, -units FROM inventory.returned WHERE drop_id = $1
  ) u GROUP BY 1) h
  FULL JOIN (SELECT * FROM inventory.customer_units WHERE drop_id = $1) c USING (customer_id)
), network AS (
  SELECT coalesce(h.network, n.network) AS network, coalesce(h.units, 0) AS has, coalesce(n.unpaid, 0) AS counted
  FROM (
    SELECT v.network, sum(h.units) AS units FROM inventory.hold h, LATERAL (VALUES (h.network), (h.network_block)) AS v(network)
    WHERE h.drop_id = $1 AND h.state = 'held' AND v.network IS NOT NULL GROUP BY 1
  ) h
  FULL JOIN (SELECT * FROM inventory.network_units WHERE drop_id = $1) n USING (network)
)
SELECT format('%s: %s + %s + %s is not %s', sku, available, held, sold, total) AS fault FROM truth WHERE available + held + sold <> total
UNION ALL SELECT format('%s: less than nothing', sku) FROM truth WHERE least(available, held, sold) < 0
UNION ALL SELECT format('%s: held %s, live holds %s', sku, held, live) FROM truth WHERE held <> live
UNION ALL SELECT format('%s: sold %s, confirmed %s', sku, sold, bought) FROM truth WHERE sold <> bought
UNION ALL SELECT format('%s: total %s, movements %s', sku, total, moved) FROM truth WHERE total <> moved
UNION ALL SELECT format('customer %s has %s, counted %s, limit %s', customer_id, has, counted, unit_limit) FROM customer
  WHERE has <> counted OR has > coalesce(unit_limit, 0)
UNION ALL SELECT format('network %s has %s unpaid units, counted %s', network, has, counted) FROM network WHERE has <> counted
UNION ALL SELECT format('hold %s ended as %s without its fact', hold_id, state) FROM inventory.hold h
  WHERE drop_id = $1 AND state <> 'held' AND (SELECT count(*) FROM inventory.outbox o
    WHERE o.drop_id = $1 AND o.aggregateid = h.hold_id AND o.type = 'hold.' || h.state || '.v1') <> 1
UNION ALL SELECT format('hold %s has %s ends', aggregateid, count(*)) FROM inventory.outbox
  WHERE drop_id = $1 AND type <> 'hold.returned.v1' GROUP BY aggregateid HAVING count(*) > 1`;

export interface LedgerTruth {
  /** Broken rules; empty when all is well. */
  faults: string[];
  /** Holds by state. */
  holds: Record<string, number>;
  /** Counts by SKU. */
  stock: Record<string, { total: number; available: number; held: number; sold: number; version: number }>;
}

/** Reads a drop back from the ledger's rows, past everything that is tested. */
export async function readTruth(url: string, dropId: string): Promise<LedgerTruth> {
  return onDatabase(url, async (client) => {
    const faults = await client.query<{ fault: string }>(FAULTS, [dropId]);
    const holds = await client.query<{ state: string; n: number }>(
      'SELECT state, count(*)::int AS n FROM inventory.hold WHERE drop_id = $1 GROUP BY state',
      [dropId],
    );
    return {
      faults: faults.rows.map((row) => row.fault),
      holds: Object.fromEntries(holds.rows.map((row) => [row.state, row.n])),
      stock: await stockOf(client, dropId),
    };
  });
}

/** The counts alone: what else `readTruth` looks at takes seconds once there are thousands of holds. */
export function readStock(url: string, dropId: string): Promise<LedgerTruth['stock']> {
  return onDatabase(url, (client) => stockOf(client, dropId));
}

async function stockOf(client: Client, dropId: string): Promise<LedgerTruth['stock']> {
  const { rows } = await client.query(
    `SELECT sku, total::int, available::int, held::int, sold::int, version::int FROM inventory.stock WHERE drop_id = $1 ORDER BY sku`,
    [dropId],
  );
  return Object.fromEntries(rows.map(({ sku, ...counts }) => [sku, counts]));
}
