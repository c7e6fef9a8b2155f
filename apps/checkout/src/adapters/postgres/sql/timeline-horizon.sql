-- Up to when a drop's order events are complete, see define-order-event.sql. $1 drop_id. One row.
SELECT checkout.precise(checkout.timeline_horizon($1)) AS horizon
