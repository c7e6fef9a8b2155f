-- Removes one piece of a ghost's charges, see define-remove-ghost-charges.sql. $1 drop_id, $2 rows of a piece. One row: 0 = nothing is left.
SELECT sandbox.remove_ghost($1, $2) AS removed
