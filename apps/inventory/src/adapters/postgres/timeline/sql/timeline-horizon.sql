-- Up to when a drop's timeline is complete, see define-timeline-horizon.sql. $1 drop_id. One row.
SELECT inventory.precise(inventory.timeline_horizon($1)) AS horizon
