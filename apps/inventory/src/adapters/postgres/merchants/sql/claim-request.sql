-- Claims the key of a request. Waits for an open transaction that has claimed it.
-- $1 merchant_id, $2 request_key, $3 fingerprint. Rows: 1 = claimed, 0 = answered before.
INSERT INTO inventory.merchant_request (merchant_id, request_key, fingerprint)
VALUES ($1, $2, $3)
ON CONFLICT (merchant_id, request_key) DO NOTHING
