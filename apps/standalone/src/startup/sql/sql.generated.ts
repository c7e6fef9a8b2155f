// Made by tools/embed-sql.mjs from the .sql files of this folder. Do not edit.
export const sql = {
  dropIdleSlots: { name: "drop-idle-slots", text: "-- Drops the replication slots of this database that nobody reads and whose names begin with $1: each keeps\n-- the server's log on its disk. One that has come to life meanwhile is left alone: the server itself refuses\n-- to drop an active slot.\n-- $1 beginning of the name. Rows: one for each slot that was dropped.\nSELECT slot_name AS \"slotName\", pg_drop_replication_slot(slot_name)\nFROM pg_replication_slots\nWHERE database = current_database() AND starts_with(slot_name, $1) AND NOT active\n" },
  isSlotThere: { name: "is-slot-there", text: "-- Whether a replication slot of this name exists.\n-- $1 slot_name. Row: there.\nSELECT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = $1) AS there\n" },
} as const;
