-- Sets the next check of an order that could not get on; not later than the moment at which its payment is given up.
-- The last call to the provider ends just after that moment. The next check then comes at once: a pause would outlast the hold. The two steps
-- it is for are left by the first check after the moment, so it does not go round; those that undo a payment keep their pause.
-- Safe because it touches only the step that was seen, and leaves the time alone when a webhook asked for a check meanwhile (wakes).
-- $1 drop_id, $2 order_id, $3 attempt seen, $4 step seen, $5 wakes seen, $6 delay in ms. Rows: 1, or 0 = it moved on or was woken.
UPDATE checkout.orders
SET tries = tries + 1,
  next_check_at = least(
    clock_timestamp() + $6::double precision * interval '1 ms',
    CASE WHEN give_up_at > clock_timestamp() OR step IN ('authorising', 'awaiting') THEN give_up_at END
  )
WHERE drop_id = $1 AND order_id = $2 AND attempt = $3 AND step = $4 AND wakes = $5
