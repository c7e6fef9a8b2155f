-- Forgets one piece of a ghost that was removed long ago, see define-ghosts.sql. $1 ghost's id, $2 age as an interval, $3 rows of a piece.
-- Rows: 1: whether nothing is left to do.
SELECT inventory.forget_ghost($1, $2::interval, $3) AS forgotten
