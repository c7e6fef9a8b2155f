import type { ChangeRecord } from '@holdfast/contracts';

/** Applies a batch of changes. While it works nothing further is handed over; if it throws, the batch comes again. */
export type ChangeHandler = (records: ChangeRecord[]) => Promise<void>;

export interface ChangeStreamStatus {
  /** Changes are flowing (or would, if there were any). */
  connected: boolean;
  /** How far the handler is behind the ledger: every change committed this long ago has been applied. Null before the first sign of life. */
  lagMs: number | null;
  /** Name of the position that the source keeps for us: a replication slot, a consumer group. */
  slot: string | null;
}

/**
 * The committed changes of the ledger, as Debezium's records: at least once, and those of one key in commit order. Without a position, or after its
 * loss, the rows as they are come first, as reads (`op: r`) or as the newest image that was kept of each. A consumer therefore applies a row only if
 * it is newer, and keeps an inbox for facts.
 */
export abstract class ChangeStream {
  /**
   * Begins to read, and goes on through every fault until `stop`. Resolves when the first rows have been applied and changes flow, or after a few
   * seconds when the source is away. Throws `ChangeStreamMisconfigured` when it can never work as things are set up.
   */
  abstract start(handler: ChangeHandler): Promise<void>;
  /** Finishes the batch in hand, says how far it came, and ends. */
  abstract stop(): Promise<void>;
  abstract status(): ChangeStreamStatus;
  /**
   * Keeps a record that its consumer cannot make sense of where a person can look at it, if the source has such a place; the stream goes on. To be
   * called while the batch is in hand: the position moves on only when it is kept. Never rejects.
   */
  abstract putAside(record: ChangeRecord, reason: string): Promise<void>;
}

/** The source cannot be read until somebody changes its settings; the message says which, and to what. */
export class ChangeStreamMisconfigured extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ChangeStreamMisconfigured';
  }
}
