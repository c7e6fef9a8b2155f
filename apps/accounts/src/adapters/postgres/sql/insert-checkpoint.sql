-- Keeps a checkpoint. One with the same time is there only if the clock was set back: the next one is made at another time.
-- $1 merchant_id, $2 time, $3 number of the last record, $4 the checkpoint. Rows: none.
INSERT INTO accounts.audit_checkpoint (merchant_id, at, seq, checkpoint) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING
