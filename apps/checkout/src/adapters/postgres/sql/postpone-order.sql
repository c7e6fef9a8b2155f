-- Sets the next check of an order that could not proceed; not later than the time at which its payment is
-- abandoned.
-- The last call to the provider ends just after that time. The next check is then due immediately, because a
-- delay would outlast the hold. The first check after that time leaves the two steps concerned, so it does
-- not loop; steps that undo a payment keep their delay. Safe because it changes only the step that was read,
-- and keeps the time if a webhook has requested a check meanwhile (wakes).
-- $1 drop_id, $2 order_id, $3 attempt read, $4 step read, $5 wakes read, $6 delay in ms. Rows: 1, or 0 = it
-- moved on or was woken.
UPDATE checkout.orders
SET tries = tries + 1,
  next_check_at = least(
    clock_timestamp() + $6::double precision * interval '1 ms',
    CASE WHEN give_up_at > clock_timestamp() OR step IN ('authorising', 'awaiting') THEN give_up_at END
  )
WHERE drop_id = $1 AND order_id = $2 AND attempt = $3 AND step = $4 AND wakes = $5
