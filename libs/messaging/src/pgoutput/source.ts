import type { Role } from '@holdfast/postgres';

/** A table whose current rows precede the stream. */
export interface SnapshotTable {
  /** With its schema, e.g. `inventory.stock`. */
  table: string;
  /** Primary key: the key of its records. */
  key: readonly string[];
  /** Columns that identify a row and by which the table is read in pages. */
  order: readonly string[];
  /** Only these rows, as SQL; for an outbox, the recent ones. */
  where?: string;
}

/** What to read, and which names to use. */
export interface PgoutputSource {
  url: string;
  /** The role to read as. The login behind it must be allowed to replicate. */
  role: Role;
  publication: string;
  /**
   * The slot is `<prefix>_<hash of the database's name>`: slots belong to the server, and its databases must
   * not use each other's.
   */
  slotPrefix: string;
  /** First part of every topic. */
  topicPrefix: string;
  /** Tables of state: their rows are sent as reads at every start. */
  state: readonly SnapshotTable[];
  /**
   * Tables of facts: every published table of this name, whichever service it belongs to. Each insert is sent
   * as a fact. Existing rows are sent as reads only when the slot is new, that is, when some may have been
   * missed.
   */
  outbox: Omit<SnapshotTable, 'table'> & { name: string };
  /** Table with the columns `id` (one row, 1) and `ts`. */
  heartbeatTable: string;
}
