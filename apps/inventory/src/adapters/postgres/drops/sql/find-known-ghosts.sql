-- Which of these are ghosts that have not been removed. $1 ghosts' ids. Rows: drop_id.
SELECT drop_id FROM inventory.drop WHERE drop_id = ANY ($1::text[]) AND ghost_of IS NOT NULL AND deleted_at IS NULL
