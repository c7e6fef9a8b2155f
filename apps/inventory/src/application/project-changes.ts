import type { ChangeRecord, LiveFeed, StockRow, StockView } from '@holdfast/contracts';
import { groupBy } from '@holdfast/kernel';
import { decodeDrop, decodeStock, DROP_TOPIC, PoisonRecord, STOCK_TOPIC } from './project-decode';

/**
 * Turns the ledger's changes into the stock view and into live messages. Every record may come twice, late or out of order: the view takes only
 * what is newer, and only what it took is passed on. Each commit's image is passed on by itself, so a crossing of zero is never merged away.
 */
export class ProjectChanges {
  /** Newest revision of each drop that was passed on: a snapshot repeats them all. */
  private readonly revisions = new Map<string, number>();
  private poisoned = 0;

  constructor(
    private readonly view: StockView,
    private readonly feed: LiveFeed,
    private readonly onPoison: (record: ChangeRecord, reason: string) => void,
    /** Gets all rows, the old ones too: what lies beside the view judges by itself what is news to it. Must not reject. */
    private readonly heal: (rows: readonly StockRow[]) => Promise<void> = () => Promise.resolve(),
  ) {}

  /** Records that could not be read. Their rows are mended by the reconciler, so one of them does not hold up all that follow. */
  get poisonedRecords(): number {
    return this.poisoned;
  }

  async apply(records: readonly ChangeRecord[]): Promise<void> {
    await this.applyStock(this.read(records, STOCK_TOPIC, decodeStock));
    for (const { dropId, revision } of this.read(records, DROP_TOPIC, decodeDrop)) {
      if (revision <= (this.revisions.get(dropId) ?? 0)) continue;
      this.revisions.set(dropId, revision);
      await this.feed.publish({ kind: 'drop', dropId, revision });
    }
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

  private read<T>(
    records: readonly ChangeRecord[],
    topic: string,
    decode: (record: ChangeRecord) => T | null,
  ): T[] {
    const decoded: T[] = [];
    for (const record of records) {
      if (record.topic !== topic) continue;
      try {
        const it = decode(record);
        if (it !== null) decoded.push(it);
      } catch (error) {
        if (!(error instanceof PoisonRecord)) throw error;
        this.poisoned += 1;
        this.onPoison(record, error.message);
      }
    }
    return decoded;
  }
}
