-- Claims webhooks to deliver, and schedules their next try in the same statement, so that a crashed worker
-- loses none. Safe for any number of workers: rows locked by another one are skipped.
-- $1 rows at most, $2 delay of the first retry in ms, doubled with each try up to a minute; half of it is
-- random.
-- Rows: event_id, body.
WITH due AS (
  SELECT event_id FROM sandbox.webhook
  WHERE delivered_at IS NULL AND next_try_at <= clock_timestamp()
  ORDER BY next_try_at LIMIT $1
  FOR UPDATE SKIP LOCKED
)
UPDATE sandbox.webhook w
SET tries = w.tries + 1,
  next_try_at = clock_timestamp()
    + least(60000, $2::double precision * 2 ^ least(w.tries, 20)) * (0.5 + random() / 2) * interval '1 ms'
FROM due d
WHERE w.event_id = d.event_id
RETURNING w.event_id, w.body
