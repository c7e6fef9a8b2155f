-- Whether a replication slot of this name exists.
-- $1 slot_name. Row: there.
SELECT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = $1) AS there
