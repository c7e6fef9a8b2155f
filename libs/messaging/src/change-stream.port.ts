import type { ChangeRecord } from '@holdfast/contracts';

/** Applies a batch of changes. Batches do not overlap; if it throws, the same batch is applied again. */
export type ChangeHandler = (records: ChangeRecord[]) => Promise<void>;

export interface ChangeStreamStatus {
  /** Changes are flowing (or would, if there were any). */
  connected: boolean;
  /**
   * How far the handler is behind the ledger: every change committed this long ago has been applied. Null
   * before the first heartbeat.
   */
  lagMs: number | null;
  /** Name of the position that the source stores: a replication slot or a consumer group. */
  slot: string | null;
}

/**
 * The committed changes of the ledger, as Debezium's records: at least once, and those of one key in commit
 * order. Without a position, or after its loss, the current rows come first, as reads (`op: r`) or as the
 * newest image stored of each. A consumer therefore applies a row only if it is newer, and keeps an inbox for
 * facts.
 */
export abstract class ChangeStream {
  /**
   * Starts reading, and continues through every failure until `stop`. Resolves when the first rows have been
   * applied and changes flow, or after a few seconds when the source is unreachable. Throws
   * `ChangeStreamMisconfigured` when it can never work with these settings.
   */
  abstract start(handler: ChangeHandler): Promise<void>;
  /** Finishes the batch in progress, stores the position, and ends. */
  abstract stop(): Promise<void>;
  abstract status(): ChangeStreamStatus;
  /**
   * Stores a record that its consumer cannot read in the dead-letter topic, if the source has one; the stream
   * continues. Call it while the batch is in progress: the position moves on only after the record is stored.
   * Never rejects.
   */
  abstract putAside(record: ChangeRecord, reason: string): Promise<void>;
}

/** The source cannot be read until an operator changes its settings; the message says which, and to what. */
export class ChangeStreamMisconfigured extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ChangeStreamMisconfigured';
  }
}
