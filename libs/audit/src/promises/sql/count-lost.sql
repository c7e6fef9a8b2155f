-- Counts acknowledged holds and payments that are missing from the ledger. Reads only; role auditor.
-- $1 drop_id, $2 ids of holds answered with 2xx, $3 ids of orders answered as paid. Row: lost.
SELECT
  (SELECT count(*) FROM unnest($2::text[]) AS told(id)
   WHERE NOT EXISTS (SELECT FROM inventory.hold h WHERE h.drop_id = $1 AND h.hold_id = told.id))
  + (SELECT count(*) FROM unnest($3::text[]) AS told(id)
     WHERE NOT EXISTS (SELECT FROM checkout.orders o WHERE o.drop_id = $1 AND o.order_id = told.id AND o.state = 'paid')) AS lost
