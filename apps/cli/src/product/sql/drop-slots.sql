-- Drops the inactive replication slots of this database whose names begin with one of $1. An active one is
-- kept and reported.
-- $1 prefixes of names. Rows: one for each slot: name, active, dropped.
SELECT slot_name AS name, active, CASE WHEN NOT active THEN pg_drop_replication_slot(slot_name) IS NOT NULL ELSE false END AS dropped
FROM pg_replication_slots
WHERE database = current_database() AND EXISTS (SELECT FROM unnest($1::text[]) AS beginning WHERE starts_with(slot_name, beginning))
ORDER BY 1
