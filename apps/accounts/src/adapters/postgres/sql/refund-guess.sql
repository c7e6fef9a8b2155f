-- Takes one counted guess back, with the pause that it began: it was right as far as it went. $1 SHA-256 of what is guessed at. Rows: none.
UPDATE accounts.guess SET guesses = greatest(0, guesses - 1), paused_until = NULL WHERE subject_hash = $1
