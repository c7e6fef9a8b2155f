-- Drops with orders whose merchant is not known yet; orders of ghosts have none. Reads only. $1 the last drop_id seen, $2 drops at most.
SELECT DISTINCT drop_id FROM checkout.orders WHERE merchant_id IS NULL AND drop_id > $1 AND drop_id !~ '^g[0-9a-hjkmnp-tv-z]{11}$' ORDER BY drop_id LIMIT $2
