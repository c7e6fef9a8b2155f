-- The merchant of this transaction, for row-level security; it ends with the transaction, so a connection of the pool carries it nowhere.
-- $1 merchant_id. Rows: 1.
SELECT set_config('accounts.merchant_id', $1, true)
