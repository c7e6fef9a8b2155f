-- How long the pause still is. $1 SHA-256 of what is guessed at. Rows: 1 or 0.
SELECT greatest(0, extract(epoch FROM paused_until - clock_timestamp()))::float8 AS seconds FROM accounts.guess WHERE subject_hash = $1
