-- In the transaction that chains them. $1 merchant_id, $2 fact ids. Rows: none.
UPDATE accounts.audit_outbox SET chained_at = clock_timestamp()
WHERE merchant_id = $1 AND fact_id = ANY ($2::bigint[]) AND chained_at IS NULL
