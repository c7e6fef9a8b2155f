-- Adds to a chain, whose lock is held. The primary key refuses a second record of one number, and the unique constraint a second one of a fact.
-- $1 merchant_id, $2 source, $3 numbers, $4 fact ids, $5 records, $6 hashes. Rows: none.
INSERT INTO accounts.audit_record (merchant_id, source, seq, fact_id, record, hash)
SELECT $1, $2, new.seq, new.fact_id, new.record, new.hash
FROM unnest($3::bigint[], $4::bigint[], $5::text[], $6::text[]) AS new (seq, fact_id, record, hash)
