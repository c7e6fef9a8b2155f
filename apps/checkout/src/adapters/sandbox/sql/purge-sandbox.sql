-- Deletes charges of a month ago that moved no money, and webhooks of a week ago, see define-purge.sql. $1
-- rows at most of each. One row.
SELECT sandbox.purge($1) AS purged
