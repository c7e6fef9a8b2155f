import type { ChangeEnvelope, ChangeRecord } from '@holdfast/contracts';
import type { Lsn } from './lsn';
import { UNAVAILABLE_VALUE } from './debezium-values';

/** A row's change or image, before it is formatted. */
export interface RowChange {
  op: ChangeEnvelope['op'];
  schema: string;
  table: string;
  keyColumns: readonly string[];
  /** Key columns at least, for a delete; else the whole row. */
  row: Record<string, unknown>;
}

export interface ChangeOrigin {
  lsn: Lsn | null;
  txId: number | null;
  /** When it was committed, or for a snapshot when it was read. */
  atMs: number;
  /** `false`, or the position in the snapshot: `first`, `true`, `last`. */
  snapshot: 'false' | 'first' | 'true' | 'last';
}

/** A row's change in the format of Debezium's PostgreSQL connector. */
export function rowRecord(
  prefix: string,
  change: RowChange,
  origin: ChangeOrigin,
  nowMs: number,
): ChangeRecord {
  const { op, schema, table, keyColumns } = change;
  const row: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(change.row))
    row[name] = value === undefined ? UNAVAILABLE_VALUE : value;
  const key = Object.fromEntries(keyColumns.map((name) => [name, row[name]]));
  return {
    topic: `${prefix}.${schema}.${table}`,
    key,
    value: {
      before: op === 'd' ? key : null,
      after: op === 'd' ? null : row,
      source: {
        schema,
        table,
        lsn: origin.lsn === null ? null : Number(origin.lsn),
        txId: origin.txId,
        ts_ms: origin.atMs,
        snapshot: origin.snapshot,
      },
      op,
      ts_ms: nowMs,
    },
    fact: null,
  };
}

/** A row of an outbox in the format of its EventRouter: only an insert is a fact; a purge is not. */
export function factRecord(prefix: string, change: RowChange): ChangeRecord | null {
  if (change.op !== 'c' && change.op !== 'r') return null;
  const { id, aggregatetype, aggregateid, type, payload } = change.row;
  return {
    topic: `${prefix}.events.${String(aggregatetype)}`,
    key: String(aggregateid),
    value: null,
    fact: { id: String(id), type: String(type), payload: JSON.parse(String(payload)) as unknown },
  };
}
