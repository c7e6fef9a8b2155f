import type { ChangeRecord } from '@holdfast/contracts';

/** Applies a batch of changes, in the order of their commits. While it works nothing further is handed over; if it throws, the batch comes again. */
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
 * The committed changes of the ledger, as Debezium's records. At least once and in commit order; after a start and after a loss of position the
 * rows as they are come first, as reads (`op: r`). A consumer therefore applies a row only if it is newer, and keeps an inbox for facts.
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
}

/** The source cannot be read until somebody changes its settings; the message says which, and to what. */
export class ChangeStreamMisconfigured extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ChangeStreamMisconfigured';
  }
}
