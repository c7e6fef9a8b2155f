-- Forgets charges that moved no money a month ago, and what was told to the shop a week ago, see the migration. $1 rows at most of each. One row.
SELECT sandbox.purge($1) AS purged
