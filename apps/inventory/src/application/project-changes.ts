import type { ChangeRecord, LiveFeed, StockRow, StockView } from '@holdfast/contracts';
import { groupBy } from '@holdfast/kernel';
import { DirtyDrops, type LedgerReads } from './project-dirty';
import { decodeDrop, decodeStock, DROP_TOPIC, dropOf, PoisonRecord, STOCK_TOPIC } from './project-decode';

/**
 * Turns the ledger's changes into the stock view and into live messages. Every record may come twice, late or out of order: the view takes only
 * what is newer, and only what it took is passed on. Each commit's image is passed on by itself, so a crossing of zero is never merged away.
 */
export class ProjectChanges {
  /** Newest revision of each drop that was passed on: a snapshot repeats them all. */
  private readonly revisions = new Map<string, number>();
  private readonly dirty = new DirtyDrops();
  private poisoned = 0;

  constructor(
    private readonly view: StockView,
    private readonly feed: LiveFeed,
    private readonly onPoison: (record: ChangeRecord, reason: string) => void,
    /** Gets all rows, the old ones too: what lies beside the view judges by itself what is news to it. Must not reject. */
    private readonly heal: (rows: readonly StockRow[]) => Promise<void> = () => Promise.resolve(),
  ) {}

  /** Records that could not be read. One of them does not hold up all that follow: what it would have said is read from the ledger. */
  get poisonedRecords(): number {
    return this.poisoned;
  }

  /** Drops whose records could not be read and that have not been read again yet. */
  get dirtyDrops(): number {
    return this.dirty.size;
  }

  async apply(records: readonly ChangeRecord[]): Promise<void> {
    await this.applyStock(this.read(records, STOCK_TOPIC, decodeStock));
    for (const { dropId, revision } of this.read(records, DROP_TOPIC, decodeDrop))
      await this.tellOfDrop(dropId, revision);
  }

  /** Reads the dirty drops again, a few a turn. One that the ledger does not give now stays dirty; the error is for the caller to report. */
  async mend(ledger: LedgerReads): Promise<void> {
    await this.dirty.clean(async (dropId) => {
      await this.applyStock(await ledger.stockOf(dropId));
      const revision = await ledger.revisionOf(dropId);
      if (revision !== null) await this.tellOfDrop(dropId, revision);
    });
  }

  /** Takes rows that are newer than those known, whoever read them. Returns just these. */
  async applyStock(rows: readonly StockRow[]): Promise<StockRow[]> {
    if (rows.length === 0) return [];
    const [taken] = await Promise.all([this.view.apply(rows), this.heal(rows)]);
    if (this.view.announces) return taken;
    for (const [dropId, ofDrop] of groupBy(taken, (row) => row.dropId))
      await this.feed.publish({ kind: 'stock', dropId, rows: ofDrop });
    return taken;
  }

  private async tellOfDrop(dropId: string, revision: number): Promise<void> {
    if (revision <= (this.revisions.get(dropId) ?? 0)) return;
    await this.feed.publish({ kind: 'drop', dropId, revision });
    this.revisions.set(dropId, revision);
  }

  private read<T>(
    records: readonly ChangeRecord[],
    topic: string,
    decode: (record: ChangeRecord) => T | null,
  ): T[] {
    const decoded: T[] = [];
    for (const record of records) {
      if (record.topic !== topic) continue;
      try {
        if (record.unreadable !== undefined) throw new PoisonRecord(record.unreadable);
        const it = decode(record);
        if (it !== null) decoded.push(it);
      } catch (error) {
        // Decoding looks at nothing but the record: whatever goes wrong there goes wrong at the next try, too, and must not stop the stream for ever.
        this.poisoned += 1;
        this.dirty.add(dropOf(record));
        this.onPoison(record, error instanceof Error ? error.message : String(error));
      }
    }
    return decoded;
  }
}
