/**
 * One row change as Debezium's PostgreSQL connector writes it to Kafka (JSON without schemas). The native
 * reader of `pgoutput` produces the same envelope, so the projector does not depend on the source.
 * Source: Debezium 3.6 documentation, "Data change events"; only the fields in use are listed.
 */
export interface ChangeEnvelope {
  /** Not used: with replica identity DEFAULT it contains the key at most. */
  before: Record<string, unknown> | null;
  /** The whole row after the change, column names as in SQL; null for a delete. */
  after: Record<string, unknown> | null;
  source: {
    schema: string;
    table: string;
    lsn: number | null;
    txId: number | null;
    ts_ms: number;
    snapshot: string;
  };
  /** create, update, delete, read (snapshot row: applied like an update). */
  op: 'c' | 'u' | 'd' | 'r';
  ts_ms: number;
}

/**
 * A change with its topic: `holdfast.<schema>.<table>`, or `holdfast.events.<aggregate>` for a fact of an
 * outbox.
 */
export interface ChangeRecord {
  topic: string;
  key: Record<string, unknown> | string | null;
  /** Row changes. Null for facts of an outbox. */
  value: ChangeEnvelope | null;
  /** Facts of an outbox: id (for the consumer's inbox), type such as `hold.confirmed.v1`, and the payload. */
  fact: { id: string; type: string; payload: unknown } | null;
  /**
   * Why the record could not be decoded. Value and fact are then null; the key is set if it could be decoded.
   */
  unreadable?: string;
}
