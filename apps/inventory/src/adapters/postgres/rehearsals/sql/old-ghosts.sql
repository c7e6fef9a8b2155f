-- Ghosts that were removed long ago, by the index drop_ghost. Reads only. $1 age as an interval, $2 rows at most. Rows: drop_id.
SELECT drop_id FROM inventory.drop WHERE ghost_of IS NOT NULL AND deleted_at < clock_timestamp() - $1::interval ORDER BY drop_id LIMIT $2
