import type { ChangeRecord } from '@holdfast/contracts';
import { type Pgoutput, PgoutputPlugin } from 'pg-logical-replication';
import { debeziumDecoder } from './debezium-values';
import { factRecord, type ChangeOrigin, type RowChange, rowRecord } from './envelope';
import { type Lsn, parseLsn } from './lsn';

export interface Transaction {
  records: ChangeRecord[];
  /** Where the log continues after it: acknowledged once it is applied. */
  end: Lsn;
}

const PG_TIME_PER_MS = 1_000n;

/**
 * Assembles the messages of `pgoutput` into transactions (protocol 1: a transaction arrives complete, after
 * its commit).
 */
export class TransactionReader {
  private readonly decoder: PgoutputPlugin;
  private open: { records: ChangeRecord[]; atMs: number; txId: number } | null = null;

  constructor(
    publication: string,
    private readonly topicPrefix: string,
    private readonly outboxName: string,
  ) {
    this.decoder = new PgoutputPlugin({ protoVersion: 1, publicationNames: [publication] });
  }

  /** Starts to stream from the slot's position. */
  start(...[client, slot]: [Parameters<PgoutputPlugin['start']>[0], string]): Promise<unknown> {
    return this.decoder.start(client, slot, '0/0');
  }

  /** True between begin and commit. */
  get midway(): boolean {
    return this.open !== null;
  }

  /** Adds one message; returns the transaction that it completes. */
  take(lsn: Lsn, payload: Buffer): Transaction | null {
    const message = this.decoder.parse(payload) as Pgoutput.Message;
    switch (message.tag) {
      case 'relation':
        // The decoder keeps this object and parses values with it: with our parsers, not those that the
        // process configured in pg.
        for (const column of message.columns) column.parser = debeziumDecoder(column.typeOid);
        return null;
      case 'begin':
        this.open = { records: [], atMs: toMs(message.commitTime), txId: message.xid >>> 0 };
        return null;
      case 'insert':
        return this.add(lsn, 'c', message.relation, message.new);
      case 'update':
        return this.add(lsn, 'u', message.relation, message.new);
      case 'delete':
        return this.add(lsn, 'd', message.relation, message.key ?? message.old ?? {});
      case 'commit': {
        const records = this.open?.records ?? [];
        this.open = null;
        return { records, end: parseLsn(message.commitEndLsn ?? '0/0') };
      }
      // Our tables are never truncated, and origins, types and messages concern no row.
      case 'truncate':
      case 'origin':
      case 'type':
      case 'message':
        return null;
    }
  }

  private add(
    lsn: Lsn,
    op: RowChange['op'],
    relation: Pgoutput.MessageRelation,
    row: Record<string, unknown>,
  ): null {
    const { schema, name: table, keyColumns } = relation;
    const change: RowChange = { op, schema, table, keyColumns, row };
    const origin: ChangeOrigin = {
      lsn,
      txId: this.open?.txId ?? null,
      atMs: this.open?.atMs ?? Date.now(),
      snapshot: 'false',
    };
    const record =
      table === this.outboxName
        ? factRecord(this.topicPrefix, change)
        : rowRecord(this.topicPrefix, change, origin, Date.now());
    if (record) this.open?.records.push(record);
    return null;
  }
}

function toMs(micros: unknown): number {
  return Number((micros as bigint) / PG_TIME_PER_MS);
}
