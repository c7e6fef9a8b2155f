import type { ChangeRecord, StockRow } from '@holdfast/contracts';
import type { LivePublisher } from '../ports/live-publisher.port';
import type { StockViewWriter } from '../ports/stock-view-writer.port';
import { decodeDrop, decodeStock, DROP_TOPIC, dropOf, STOCK_TOPIC } from './decode-changes';
import { DirtyDrops, type LedgerReads } from './dirty-drops';
import { Projector, type TopicHandler } from './projector';

type ChangedDrop = NonNullable<ReturnType<typeof decodeDrop>>;

/**
 * Applies the ledger's changes to the stock view and publishes them. Every record may arrive twice, late or
 * out of order: the view accepts only newer rows, and only these are published. Each commit's image is
 * published separately, so a crossing of zero is never merged away.
 */
export class ProjectChanges {
  /** Newest published revision of each drop: a snapshot repeats them all. */
  private readonly revisions = new Map<string, number>();
  private readonly dirty = new DirtyDrops();
  private readonly projector: Projector;

  constructor(
    private readonly view: StockViewWriter,
    private readonly feed: LivePublisher,
    onUnreadable: (record: ChangeRecord, reason: string) => void,
    /** Receives all rows, including old ones: the receiver decides which are new to it. Must not reject. */
    private readonly heal: (rows: readonly StockRow[]) => Promise<void> = () => Promise.resolve(),
  ) {
    const markDirty = (record: ChangeRecord) => this.dirty.add(dropOf(record));
    const stock: TopicHandler<StockRow> = {
      decode: decodeStock,
      apply: (rows) => this.applyStock(rows),
      onUnreadable: markDirty,
    };
    const drops: TopicHandler<ChangedDrop> = {
      decode: decodeDrop,
      apply: (changed) => this.tellOfDrops(changed),
      onUnreadable: markDirty,
    };
    this.projector = new Projector({ [STOCK_TOPIC]: stock, [DROP_TOPIC]: drops }, onUnreadable);
  }

  /** Unreadable records; their content is read from the ledger. */
  get unreadableRecords(): number {
    return this.projector.unreadable;
  }

  /** Drops whose records could not be read and that have not been read again yet. */
  get dirtyDrops(): number {
    return this.dirty.size;
  }

  apply(records: readonly ChangeRecord[]): Promise<void> {
    return this.projector.apply(records);
  }

  /**
   * Reads a few of the dirty drops from the ledger. One that cannot be read now stays dirty; the caller
   * reports the error.
   */
  async mend(ledger: LedgerReads): Promise<void> {
    await this.dirty.clean(async (dropId) => {
      await this.applyStock(await ledger.stockOf(dropId));
      const revision = await ledger.revisionOf(dropId);
      if (revision !== null) await this.tellOfDrops([{ dropId, revision }]);
    });
  }

  /** Applies rows that are newer than those in the view, whatever their source. Returns just these. */
  async applyStock(rows: readonly StockRow[]): Promise<StockRow[]> {
    if (rows.length === 0) return [];
    const [taken] = await Promise.all([this.view.apply(rows), this.heal(rows)]);
    return taken;
  }

  private async tellOfDrops(changed: readonly ChangedDrop[]): Promise<void> {
    for (const { dropId, revision } of changed) {
      if (revision <= (this.revisions.get(dropId) ?? 0)) continue;
      await this.feed.publish({ kind: 'drop', dropId, revision });
      this.revisions.set(dropId, revision);
    }
  }
}
