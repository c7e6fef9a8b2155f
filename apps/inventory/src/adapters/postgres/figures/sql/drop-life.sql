-- From when to when something happened in a drop: its first and last hold or tick, within its times. Where ticks were
-- folded it is the minute of the first.
-- $1 merchant_id, $2 drop_id. Rows: 0 = not a drop of this merchant, or 1; null: nothing has happened.
SELECT
  least(
    (SELECT min(created_at) FROM inventory.hold WHERE drop_id = d.drop_id),
    (SELECT min(second) FROM inventory.tick WHERE drop_id = d.drop_id),
    (SELECT min(minute) FROM inventory.tick_minute WHERE drop_id = d.drop_id),
    (SELECT min(minute) FROM inventory.purged_hold_count WHERE drop_id = d.drop_id)
  ) AS first_at,
  clock_timestamp() AS now
FROM inventory.drop d
WHERE d.merchant_id = $1 AND d.drop_id = $2 AND d.deleted_at IS NULL AND d.ghost_of IS NULL
