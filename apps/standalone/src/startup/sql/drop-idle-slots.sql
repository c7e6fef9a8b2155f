-- Drops the replication slots of this database that nobody reads and whose names begin with $1: each keeps
-- the server's log on its disk. One that has come to life meanwhile is left alone: the server itself refuses
-- to drop an active slot.
-- $1 beginning of the name. Rows: one for each slot that was dropped.
SELECT slot_name AS "slotName", pg_drop_replication_slot(slot_name)
FROM pg_replication_slots
WHERE database = current_database() AND starts_with(slot_name, $1) AND NOT active
