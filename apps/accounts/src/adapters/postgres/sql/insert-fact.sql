-- What was changed, in the transaction that changes it. $1 merchant_id, $2 actor, $3 action, $4 target, $5 change, $6 request id, $7 address. Rows: none.
INSERT INTO accounts.audit_outbox (merchant_id, actor, action, target, change, request_id, address) VALUES ($1, $2, $3, $4, $5, $6, $7)
