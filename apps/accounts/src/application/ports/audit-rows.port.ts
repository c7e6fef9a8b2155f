import type { AuditRecord, ChangeFact, SealedCheckpoint } from '@holdfast/contracts';

/** The last record of a chain; of an empty one 0 and `FIRST_PREVIOUS_HASH`. */
export interface ChainHead {
  seq: number;
  hash: string;
}

/** A fact as a record of the chain. */
export interface LinkedRecord extends ChainHead {
  factId: number;
  /** Canonical, without the hash. */
  json: string;
}

export interface ChainFilter {
  afterSeq: number;
  limit: number;
  /** A page ends with the record that reaches this. */
  bytes: number;
  action?: string | undefined;
  targetId?: string | undefined;
}

export interface RecordPage {
  items: AuditRecord[];
  isLast: boolean;
}

export interface RecordLine {
  seq: number;
  line: string;
}

/** A merchant's chain and its facts that are not in it yet. */
export interface AuditRows {
  /** Until the commit nobody else adds to the chain. */
  lock(): Promise<void>;
  head(): Promise<ChainHead & { now: string }>;
  /** Facts of accounts itself, oldest first. */
  factsToChain(most: number): Promise<ChangeFact[]>;
  markChained(factIds: readonly number[]): Promise<void>;
  /** Those of the source's facts that stand in the chain. */
  chained(source: string, factIds: readonly number[]): Promise<Set<number>>;
  append(source: string, records: readonly LinkedRecord[]): Promise<void>;
  list(filter: ChainFilter): Promise<RecordPage>;
  read(
    afterSeq: number,
    upToSeq: number,
    most: { records: number; characters: number },
  ): Promise<RecordLine[]>;
  isSealDue(changedSeconds: number, idleSeconds: number): Promise<boolean>;
  keepCheckpoint(checkpoint: SealedCheckpoint): Promise<void>;
}
