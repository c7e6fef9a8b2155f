import type { StockRow } from '@holdfast/contracts';
import { groupBy } from '@holdfast/kernel';
import {
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
  /** The ledger's rows of a drop, from which an incomplete drop is loaded. */
  stockOf: (dropId: string) => Promise<StockRow[]>;
  /** Returns a globally unique name. */
  newName: () => string;
  /** Called when rows could not be written; they are reloaded later. */
  onTrouble: (reason: string) => void;
}

type Part = 'only' | 'first' | 'middle' | 'last';

const DEADLINE_MS = 1_000;
const ROWS_A_CALL = 500; // about a millisecond of Redis' single thread
const KEPT_SECONDS = 604_800; // as in apply-rows

/**
 * The stock view in Redis. One script writes the newer rows and publishes them. An unreachable Redis never
 * blocks the caller of `apply`, or the change stream would stall with it: rows that could not be written are
 * counted as missed, and the view is reloaded from the ledger later.
 */
export class RedisStockView extends SharedStockView {
  private readonly calls: RedisCalls;
  private readonly applyRows: LuaCall;
  private readonly renewLease: LuaCall;
  private readonly marks: ViewMarks;
  /** Number of updates that may have been missed. */
  private doubts = 0;
  /**
   * Position of the marks when this process loaded the view; null before. Intact marks prove nothing about a
   * previous process, which may have died with rows that it could not write: the stream continues after them.
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
    // A drop that is compared with the ledger is still needed: its expiry is renewed although nothing
    // changes.
    const [hash] = await this.calls.run((client) =>
      Promise.all([client.hgetall(key), client.expire(key, KEPT_SECONDS)]),
    );
    return decodeImage(dropId, hash).rows.sort((a, b) => (a.sku < b.sku ? -1 : 1));
  }

  override async isWhole(): Promise<boolean> {
    try {
      // A lost node may have recovered with old data, including its mark, before any call has failed.
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

  override async confirm(lastsMs: number, asOf: string): Promise<void> {
    await this.renewLease([LEASE_KEY], [lastsMs, asOf, VIEW_CHANNEL]);
  }

  /** Returns the indexes of the rows that were written. */
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
        // New, or lost: only the ledger knows which rows are missing.
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
