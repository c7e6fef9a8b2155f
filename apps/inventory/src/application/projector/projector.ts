import type { ChangeRecord } from '@holdfast/contracts';

/** How the records of one topic are handled. */
export interface TopicHandler<T = unknown> {
  /** Null when the record has no content. Throws when it does not fit its topic. */
  decode(record: ChangeRecord): T | null;
  /**
   * Receives the topic's part of a batch, in order. A rejection blocks the stream, which sends the batch
   * again.
   */
  apply(items: readonly T[]): Promise<unknown>;
  /** A record could not be read: its content must be read from the ledger. */
  onUnreadable?(record: ChangeRecord): void;
}

/**
 * Passes the records of the change stream to the handlers of their topics; the order of the table is the
 * order within a batch. An unreadable record does not block those that follow.
 */
export class Projector {
  private count = 0;

  constructor(
    private readonly handlers: Readonly<Record<string, TopicHandler>>,
    private readonly onUnreadable: (record: ChangeRecord, reason: string) => void,
  ) {}

  /** Records that could not be read. */
  get unreadable(): number {
    return this.count;
  }

  async apply(records: readonly ChangeRecord[]): Promise<void> {
    for (const [topic, handler] of Object.entries(this.handlers)) {
      const items = records.filter((record) => record.topic === topic).map((it) => this.decode(it, handler));
      const found = items.filter((item) => item !== null);
      if (found.length > 0) await handler.apply(found);
    }
  }

  private decode(record: ChangeRecord, handler: TopicHandler): unknown {
    try {
      if (record.unreadable !== undefined) throw new UnreadableRecord(record.unreadable);
      return handler.decode(record);
    } catch (error) {
      // Decoding depends on the record alone: an error would recur at every retry, and must not block the
      // stream forever.
      this.count += 1;
      handler.onUnreadable?.(record);
      this.onUnreadable(record, error instanceof Error ? error.message : String(error));
      return null;
    }
  }
}

/** A record that does not fit its topic. */
export class UnreadableRecord extends Error {}
