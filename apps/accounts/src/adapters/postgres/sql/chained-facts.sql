-- Which of these facts stand in the chain. $1 merchant_id, $2 source, $3 fact ids. Rows: one for each that does.
SELECT fact_id::float8 AS fact_id FROM accounts.audit_record WHERE merchant_id = $1 AND source = $2 AND fact_id = ANY ($3::bigint[])
