-- Gives a session its next token. Safe by the primary key (session, generation): a token has one successor. Tokens further back than $6 are forgotten.
-- $1 merchant_id, $2 session_id, $3 generation of the replaced token, $4 SHA-256 of the successor, $5 the successor, sealed under the replaced token,
-- $6 tokens kept. Rows: 1 = replaced, 0 = it was replaced before.
WITH replaced AS (
  UPDATE accounts.refresh_token SET replaced_at = clock_timestamp(), successor = $5
  WHERE merchant_id = $1 AND session_id = $2 AND generation = $3 AND replaced_at IS NULL
  RETURNING merchant_id, session_id, generation
), forgotten AS (
  DELETE FROM accounts.refresh_token WHERE merchant_id = $1 AND session_id = $2 AND generation <= $3 - $6
)
INSERT INTO accounts.refresh_token (merchant_id, session_id, generation, token_hash)
SELECT merchant_id, session_id, generation + 1, $4 FROM replaced
RETURNING generation
