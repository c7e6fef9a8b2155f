import {
  type AuditRecord,
  type ChangeFact,
  FIRST_PREVIOUS_HASH,
  type SealedCheckpoint,
} from '@holdfast/contracts';
import type {
  AuditRows,
  ChainFilter,
  ChainHead,
  LinkedRecord,
  RecordLine,
  RecordPage,
} from '../../application/ports/audit-rows.port';
import type { Scoped } from './scoped';
import { sql } from './sql/sql.generated';

interface FactRow {
  fact_id: number;
  at: Date;
  actor: ChangeFact['actor'];
  action: string;
  target: ChangeFact['target'];
  change: object;
  request_id: string | null;
  address: string | null;
}

interface RecordRow {
  seq: number;
  record: string;
  hash: string;
}

export class PgAuditRows implements AuditRows {
  constructor(private readonly scoped: Scoped) {}

  lock(): Promise<void> {
    return this.scoped.run(sql.lockChain);
  }

  async head(): Promise<ChainHead & { now: string }> {
    const row = (await this.scoped.first<{ seq: number | null; hash: string | null; now: Date }>(
      sql.chainHead,
    ))!;
    return { seq: row.seq ?? 0, hash: row.hash ?? FIRST_PREVIOUS_HASH, now: row.now.toISOString() };
  }

  async factsToChain(most: number): Promise<ChangeFact[]> {
    const { merchantId } = this.scoped;
    const rows = await this.scoped.all<FactRow>(sql.factsToChain, [most]);
    return rows.map(({ fact_id: factId, at, request_id: requestId, ...fact }) => ({
      ...fact,
      merchantId,
      factId,
      at: at.toISOString(),
      requestId,
    }));
  }

  markChained(factIds: readonly number[]): Promise<void> {
    return this.scoped.run(sql.markFactsChained, [factIds]);
  }

  async chained(source: string, factIds: readonly number[]): Promise<Set<number>> {
    const rows = await this.scoped.all<{ fact_id: number }>(sql.chainedFacts, [source, factIds]);
    return new Set(rows.map(({ fact_id }) => fact_id));
  }

  append(source: string, records: readonly LinkedRecord[]): Promise<void> {
    return this.scoped.run(sql.appendRecords, [
      source,
      records.map(({ seq }) => seq),
      records.map(({ factId }) => factId),
      records.map(({ json }) => json),
      records.map(({ hash }) => hash),
    ]);
  }

  async list({ afterSeq, limit, bytes, action, targetId }: ChainFilter): Promise<RecordPage> {
    // One more than wanted, to know whether there are more.
    const values = [afterSeq, limit + 1, action ?? null, targetId ?? null, bytes];
    const rows = await this.scoped.all<RecordRow & { found: number }>(sql.listRecords, values);
    const items = rows.slice(0, limit).map(toRecord);
    return { items, isLast: items.length === (rows[0]?.found ?? 0) };
  }

  async read(
    afterSeq: number,
    upToSeq: number,
    most: { records: number; characters: number },
  ): Promise<RecordLine[]> {
    const values = [afterSeq, upToSeq, most.records, most.characters];
    return (await this.scoped.all<RecordRow>(sql.readRecords, values)).map(toLine);
  }

  async isSealDue(changedSeconds: number, idleSeconds: number): Promise<boolean> {
    return (await this.scoped.first(sql.sealDue, [changedSeconds, idleSeconds])) !== null;
  }

  keepCheckpoint(checkpoint: SealedCheckpoint): Promise<void> {
    return this.scoped.run(sql.insertCheckpoint, [checkpoint.at, checkpoint.seq, JSON.stringify(checkpoint)]);
  }
}

/** With its fields in the order of the contract. */
function toRecord({ record, hash }: RecordRow): AuditRecord {
  const it = JSON.parse(record) as AuditRecord;
  const { seq, at, actor, action, target, change, requestId, address, previousHash } = it;
  return { seq, at, actor, action, target, change, requestId, address, previousHash, hash };
}

/** The stored text itself with its hash, so that an export shows what stands there, also when somebody has been at it. */
function toLine({ seq, record, hash }: RecordRow): RecordLine {
  return { seq, line: `${record.trimEnd().slice(0, -1)},"hash":${JSON.stringify(hash)}}` };
}
