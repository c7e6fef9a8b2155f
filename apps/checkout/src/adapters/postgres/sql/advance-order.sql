-- Moves an order to its next step, with the fact and the refund row that belong to it, in one commit.
-- Safe because it moves only from the step and attempt that were read: of two concurrent callers one moves it
-- and the other gets no row. The payment is abandoned before the hold's deadline, by a quarter of the time
-- left or two seconds at most, so that there is time to cancel it and release the hold.
-- $1 drop_id, $2 order_id, $3 attempt read, $4 step read, $5 new step, $6 payment_state, $7 reference, $8
-- next_action_url, $9 reason,
-- $10 payable_until ($6 to $10: null keeps the value), $11 never abandon, $12 lease in ms, $13 fact type, $14
-- fact payload (null: no fact),
-- $15 answer status, $16 answer body (null: none): stored only if the key has no answer yet.
-- Rows: 1 = moved, 0 = another caller moved it.
WITH moved AS (
  UPDATE checkout.orders o
  SET step = $5,
    payment_state = coalesce($6, payment_state),
    reference = coalesce($7, reference),
    next_action_url = coalesce($8, next_action_url),
    reason = coalesce($9, reason),
    payable_until = coalesce($10::timestamptz, payable_until),
    give_up_at = CASE
      WHEN $11 THEN NULL
      WHEN $10::timestamptz IS NULL THEN give_up_at
      ELSE $10::timestamptz - least(interval '2 s', greatest(interval '0', $10::timestamptz - clock_timestamp()) / 4)
    END,
    answer_status = coalesce(answer_status, $15::integer),
    answer_body = CASE WHEN answer_status IS NULL THEN $16 ELSE answer_body END,
    tries = 0,
    next_check_at = CASE
      WHEN $5 IN ('paid', 'failed', 'refunded') THEN NULL
      ELSE clock_timestamp() + $12::double precision * interval '1 ms'
    END,
    updated_at = clock_timestamp()
  WHERE drop_id = $1 AND order_id = $2 AND attempt = $3 AND step = $4
  RETURNING o.*, checkout.order_image(o) AS image
), fact AS (
  INSERT INTO checkout.outbox (drop_id, aggregatetype, aggregateid, type, payload)
  SELECT drop_id, 'order', order_id, $13::text, $14::jsonb FROM moved WHERE $13::text IS NOT NULL
), owed AS (
  INSERT INTO checkout.refund (drop_id, order_id, amount_minor, currency, reason)
  SELECT drop_id, order_id, total_minor, currency, coalesce(reason, '') FROM moved WHERE step = 'refunding'
  ON CONFLICT DO NOTHING
), given_back AS (
  UPDATE checkout.refund r SET state = 'done', done_at = clock_timestamp()
  FROM moved m WHERE m.step = 'refunded' AND r.drop_id = m.drop_id AND r.order_id = m.order_id
)
SELECT image FROM moved
