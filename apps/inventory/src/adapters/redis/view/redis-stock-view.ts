import type { StockRow, ViewFreshness } from '@holdfast/contracts';
import { groupBy } from '@holdfast/kernel';
import {
  AS_OF_KEY,
  decodeImage,
  encodeRow,
  LEASE_KEY,
  type LuaCall,
  RedisCalls,
  type RedisConnection,
  stockKey,
  stockMessageHead,
  VIEW_CHANNEL,
} from '@holdfast/redis';
import { SharedStockView } from '../../../application/ports/shared-stock-view.port';
import { lua } from './lua/lua.generated';
import { ViewMarks } from './view-marks';

export interface RedisStockViewOptions {
  redis: RedisConnection;
  /** The ledger's rows of a drop: a drop that is not whole is loaded from there. */
  stockOf: (dropId: string) => Promise<StockRow[]>;
  /** Gives a name that was never given before, by nobody. */
  newName: () => string;
  /** Told when rows could not be put in; they are loaded again later. */
  onTrouble: (reason: string) => void;
}

type Part = 'only' | 'first' | 'middle' | 'last';

const DEADLINE_MS = 1_000;
const ROWS_A_CALL = 500; // about a millisecond in Redis, which does nothing else meanwhile
const LENT_MS = 2_300;
const KEPT_SECONDS = 604_800; // as in apply-rows

/**
 * The stock view in Redis. One script takes what is newer and publishes it. Redis being away never holds up who calls `apply`, or the change
 * stream would stand still with it: what could not be put in leaves a doubt, and the view is loaded from the ledger when it is back.
 */
export class RedisStockView extends SharedStockView {
  private readonly calls: RedisCalls;
  private readonly applyRows: LuaCall;
  private readonly renewLease: LuaCall;
  private readonly marks: ViewMarks;
  /** Grows with everything that may have been missed; at 0 nothing has. */
  private doubts = 0;
  /**
   * Where the marks lay when this process loaded the view; null before. Marks that stand say nothing of the process before this one, which may have
   * died with rows that it had not been able to put in: the stream goes on behind them.
   */
  private loadedAt: string | null = null;
  private reloads = 0;

  constructor(private readonly options: RedisStockViewOptions) {
    super();
    const { redis } = options;
    this.calls = new RedisCalls(redis, { what: 'the stock view', deadlineMs: DEADLINE_MS });
    this.applyRows = this.calls.script(lua.applyRows);
    this.renewLease = this.calls.script(lua.renewLease);
    this.marks = new ViewMarks(this.calls, redis);
  }

  override get announces(): boolean {
    return true;
  }

  override get isShared(): boolean {
    return true;
  }

  override async apply(rows: readonly StockRow[]): Promise<StockRow[]> {
    const numbered = rows.map((row, number) => ({ row, number }));
    const byDrop = [...groupBy(numbered, ({ row }) => row.dropId)];
    const taken = await Promise.all(byDrop.map(([dropId, ofDrop]) => this.applyTo(dropId, ofDrop)));
    const numbers = taken.flat().sort((a, b) => a - b);
    return numbers.map((number) => rows[number]!);
  }

  override async load(dropId: string, rows: readonly StockRow[]): Promise<StockRow[]> {
    const name = this.options.newName();
    const taken: StockRow[] = [];
    for (let at = 0; at === 0 || at < rows.length; at += ROWS_A_CALL) {
      const end = at + ROWS_A_CALL;
      const part: Part =
        at === 0 ? (end < rows.length ? 'first' : 'only') : end < rows.length ? 'middle' : 'last';
      const chunk = rows.slice(at, end);
      const answer = await this.take(dropId, chunk, name, part);
      taken.push(...answer.taken.map((index) => chunk[index]!));
      if (part === 'last' && !answer.whole)
        throw new Error(`the view of drop ${dropId} was lost while it was loaded`);
    }
    return taken;
  }

  override async ofDrop(dropId: string): Promise<StockRow[]> {
    const key = stockKey(dropId);
    // Whoever compares the view with the ledger still needs the drop: it lives on although nothing changes.
    const [hash] = await this.calls.run((client) =>
      Promise.all([client.hgetall(key), client.expire(key, KEPT_SECONDS)]),
    );
    return decodeImage(dropId, hash).rows.sort((a, b) => (a.sku < b.sku ? -1 : 1));
  }

  override async freshness(): Promise<ViewFreshness> {
    const [lease, asOf] = await this.calls.run((client) =>
      Promise.all([client.exists(LEASE_KEY), client.get(AS_OF_KEY)]),
    );
    return { staleSince: lease === 1 ? null : (asOf ?? new Date(0).toISOString()) };
  }

  /** Fresh renews the lease. Stale notes since when and takes no lease away: another projector may keep up. */
  override async setFreshness({ staleSince }: ViewFreshness): Promise<void> {
    if (staleSince === null) await this.vouch(LENT_MS, new Date().toISOString());
    else await this.calls.run((client) => client.set(AS_OF_KEY, staleSince));
  }

  override async isWhole(): Promise<boolean> {
    try {
      // A node that was lost may be back with what it had some time ago, its mark included, before any call has failed.
      return (await this.marks.stand()) && this.doubts === 0 && this.marks.place === this.loadedAt;
    } catch (error) {
      this.doubts += 1;
      throw error;
    }
  }

  override async reload(work: () => Promise<void>): Promise<boolean> {
    const { doubts } = this;
    const { place } = this.marks;
    const name = this.options.newName();
    await this.marks.begin(name);
    this.reloads += 1;
    await work().finally(() => (this.reloads -= 1));
    if (!(await this.marks.close(name))) return false;
    this.doubts -= doubts;
    this.loadedAt = place;
    return this.doubts === 0 && this.marks.place === place;
  }

  override async vouch(lastsMs: number, asOf: string): Promise<void> {
    await this.renewLease([LEASE_KEY, AS_OF_KEY], [lastsMs, asOf, VIEW_CHANNEL]);
  }

  /** Returns the numbers of the rows that were taken. */
  private async applyTo(dropId: string, rows: { row: StockRow; number: number }[]): Promise<number[]> {
    const taken: number[] = [];
    try {
      for (let at = 0; at < rows.length; at += ROWS_A_CALL) {
        const chunk = rows.slice(at, at + ROWS_A_CALL);
        const answer = await this.take(
          dropId,
          chunk.map(({ row }) => row),
          '',
          'middle',
        );
        taken.push(...answer.taken.map((index) => chunk[index]!.number));
        // New, or lost: some rows are there, and which others belong to them only the ledger knows.
        if (!answer.whole) await this.makeWhole(dropId);
      }
    } catch (error) {
      this.doubts += 1;
      this.options.onTrouble(String(error));
    }
    return taken;
  }

  private async makeWhole(dropId: string): Promise<void> {
    const rows = await this.options.stockOf(dropId);
    if (rows.length > 0) await this.load(dropId, rows);
  }

  private async take(
    dropId: string,
    rows: readonly StockRow[],
    load: string,
    part: Part,
  ): Promise<{ whole: boolean; taken: number[] }> {
    const fields = rows.flatMap((row) => [row.sku, encodeRow(row)]);
    const answer = await this.applyRows(
      [stockKey(dropId)],
      [VIEW_CHANNEL, stockMessageHead(dropId), load, part, this.reloads > 0 ? 'new' : 'old', ...fields],
    );
    const [whole, ...taken] = answer as number[];
    return { whole: whole === 1, taken: taken.map((number) => number - 1) };
  }
}
