-- Something was made. $1 merchant_id, $2 made_id, $3 fingerprint. Rows: none.
INSERT INTO accounts.made (merchant_id, made_id, fingerprint) VALUES ($1, $2, $3)
