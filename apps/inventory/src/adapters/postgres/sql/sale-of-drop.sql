-- A drop's current state, by the database's clock, and the stock of its items. No row for an unknown drop or a draft.
-- $1 drop_id, $2 SKUs, null for all. Rows: 1 or 0.
SELECT
  inventory.drop_state_at(d.state, d.opens_at, d.closes_at, n.now) = 'open' AS open,
  CASE WHEN d.state = 'scheduled' THEN extract(epoch FROM d.opens_at - n.now) * 1000 END AS opens_in_ms,
  extract(epoch FROM d.closes_at - n.now) * 1000 AS closes_in_ms,
  d.per_customer_limit,
  (SELECT json_agg(json_build_array(s.sku, s.total, s.available, s.held, s.sold, s.epoch, s.version)) FROM inventory.stock s
    WHERE s.drop_id = d.drop_id AND ($2::text[] IS NULL OR s.sku = ANY ($2))
      AND NOT EXISTS (SELECT FROM inventory.item i WHERE i.drop_id = s.drop_id AND i.sku = s.sku AND i.removed_at IS NOT NULL)) AS stock
FROM inventory.drop d, (SELECT clock_timestamp() AS now) n
WHERE d.drop_id = $1 AND d.state <> 'draft'
