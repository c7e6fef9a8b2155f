-- Replaces the oldest ticks of a drop by minutes, see define-fold-ticks.sql.
-- $1 drop_id, $2 age as an interval, $3 ticks at most. One row.
SELECT inventory.fold_ticks($1, $2::interval, $3) AS folded
