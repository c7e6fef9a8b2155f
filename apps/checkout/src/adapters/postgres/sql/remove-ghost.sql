-- Removes one piece of a ghost's orders, see define-remove-ghost.sql. $1 drop_id, $2 rows of a piece. One row: 0 = nothing is left.
SELECT checkout.remove_ghost($1, $2) AS removed
