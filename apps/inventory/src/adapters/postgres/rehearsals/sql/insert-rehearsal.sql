-- Notes a rehearsal, unless one runs on this installation: the unique index rehearsal_running decides, also between transactions that are open.
-- $1 merchant_id, $2 rehearsal_id, $3 drop_id, $4 settings, $5 arrivals or null, $6 seconds until it has ended at the latest, $7 detail.
-- Rows: 1 = noted, 0 = another one runs.
INSERT INTO inventory.rehearsal (merchant_id, rehearsal_id, drop_id, settings, arrivals, ends_by, detail)
VALUES ($1, $2, $3, $4, $5, clock_timestamp() + make_interval(secs => $6), $7)
ON CONFLICT ((true)) WHERE state = 'running' DO NOTHING
RETURNING rehearsal_id
