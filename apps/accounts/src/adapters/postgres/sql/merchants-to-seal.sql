-- Merchants whose chain needs a checkpoint (define-audit.sql). $1 seconds after a change, $2 seconds without one. Rows: one for each.
SELECT merchant_id FROM accounts.merchants_to_seal($1, $2, NULL) AS merchant_id
