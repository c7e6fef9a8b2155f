-- What a gateway has not heard yet. $1 number of the last it has seen, $2 rows at most. Rows: one for each, oldest first.
SELECT revocation_id::float8 AS revocation_id, kind, subject_id FROM accounts.revocations_after($1, $2)
