-- Counts a guess before it is looked at, or changes nothing during a pause: of a hundred guesses at once no more are looked at than one after the other.
-- The guess that uses up the free ones begins a pause; each one more doubles it, up to $5.
-- $1 SHA-256 of what is guessed at, $2 it is somebody's, $3 free guesses, $4 first pause in seconds, $5 longest pause, $6 seconds after which all is
-- forgotten. Rows: 1 = counted, 0 = in a pause.
INSERT INTO accounts.guess AS g (subject_hash, is_known, guesses) VALUES ($1, $2, 1)
ON CONFLICT (subject_hash) DO UPDATE SET
  is_known = excluded.is_known,
  guessed_at = clock_timestamp(),
  guesses = CASE WHEN g.guessed_at < clock_timestamp() - make_interval(secs => $6) THEN 1 ELSE g.guesses + 1 END,
  paused_until = CASE WHEN g.guessed_at >= clock_timestamp() - make_interval(secs => $6) AND g.guesses + 1 > $3::integer
    THEN clock_timestamp() + make_interval(secs => least($5::float8, $4::float8 * 2 ^ least(g.guesses - $3::integer, 60))) END
WHERE g.paused_until IS NULL OR g.paused_until <= clock_timestamp()
RETURNING guesses
