-- Removes one piece of a ghost, see define-ghosts.sql. $1 ghost's id, $2 rows of a piece. Rows: 1: whether nothing is left.
SELECT inventory.remove_ghost($1, $2) AS removed
