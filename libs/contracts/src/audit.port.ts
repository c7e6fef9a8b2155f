import type { AuditCheckpoint, AuditKey, SealedCheckpoint } from './audit-checkpoint';
import type { AuditRecord } from './audit-record';

export interface ListAudit {
  merchantId: string;
  /** Records after this one; 0: from the first. */
  afterSeq: number;
  limit: number;
  action?: string | undefined;
  targetId?: string | undefined;
}

export interface AuditPage {
  items: AuditRecord[];
  /** For the next page; null: this is the last. */
  nextSeq: number | null;
}

export interface AuditLines {
  /** Records as JSON, in order. */
  lines: string[];
  nextSeq: number | null;
}

/** A merchant's chain of changes, to be read. */
export abstract class Audit {
  /** Oldest first. */
  abstract listAudit(query: ListAudit): Promise<AuditPage>;
  /** The chain as it is now. */
  abstract auditCheckpoint(merchantId: string): Promise<AuditCheckpoint>;
  /** The same with the key in it: the end of an export. */
  abstract sealAudit(merchantId: string): Promise<SealedCheckpoint>;
  /** A part of an export: the records after one and up to another, as many as one answer should carry. */
  abstract readAudit(part: { merchantId: string; afterSeq: number; upToSeq: number }): Promise<AuditLines>;
  /** With which checkpoints are checked. */
  abstract auditKeys(): Promise<AuditKey[]>;
}
