-- A stock movement as ledger-movement.ts decodes it.
CREATE OR REPLACE FUNCTION inventory.movement_image(m inventory.movement)
RETURNS jsonb
LANGUAGE sql STABLE
RETURN jsonb_build_object(
  'movement_id', m.movement_id, 'sku', m.sku, 'delta', m.delta, 'reason', m.reason, 'actor', m.actor, 'made_by', m.made_by,
  'created_ms', floor(extract(epoch FROM m.created_at) * 1000)::bigint, 'stock_after', m.stock_after
);
