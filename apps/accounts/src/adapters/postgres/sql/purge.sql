-- One bounded purge (define-purge.sql). $1 rows of each kind at most, $2 seconds that revocations stay, $3 seconds after which guesses are forgotten,
-- $4 guesses at unknown addresses that stay. Rows: 1, how many went.
SELECT accounts.purge($1, $2, $3, $4) AS gone
