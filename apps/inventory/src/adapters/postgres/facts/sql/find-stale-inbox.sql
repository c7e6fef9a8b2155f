-- Drops that have inbox entries older than $1; each is then purged separately. $2 rows at most. Rows:
-- drop_id.
SELECT DISTINCT drop_id FROM inventory.fact_inbox WHERE seen_at < clock_timestamp() - $1::interval LIMIT $2
