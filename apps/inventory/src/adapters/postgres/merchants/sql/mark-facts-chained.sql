-- They stand in the chain. Repeating it changes nothing. $1 fact ids. Rows: none.
UPDATE inventory.audit_outbox SET chained_at = clock_timestamp() WHERE fact_id = ANY ($1::bigint[]) AND chained_at IS NULL
