-- The shop has answered 2xx. Safe to repeat.
-- $1 event_id.
UPDATE sandbox.webhook SET delivered_at = clock_timestamp(), next_try_at = NULL WHERE event_id = $1 AND delivered_at IS NULL
