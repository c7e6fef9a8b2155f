-- All guesses are forgotten after a right one. $1 SHA-256 of what is guessed at. Rows: none.
DELETE FROM accounts.guess WHERE subject_hash = $1
