import type { Shortage, StockRow } from '@holdfast/contracts';
import { groupBy, type Clock } from '@holdfast/kernel';
import type { Logger } from '@holdfast/observability';
import { RedisCalls, RedisUnavailable, type RedisConnection } from '@holdfast/redis';
import { Gate, type GateQuery, type GateVerdict } from '../../../application/ports/gate.port';
import type { LaneNews, UnitsOnOffer } from '../../../application/ports/ledger.port';
import { LuaCode } from '../lua/lua.generated';
import { GateDrop, type Asking } from './gate-drop';
import { GateDrops } from './gate-drops';
import { GateScripts, gateKeys, type Judgement, type Lesson } from './gate-scripts';
import { GateSeeder } from './gate-seeder';
import { chunksOf, toWallTimes, type GateSource } from './gate-seeding';
import {
  CALLS_AT_ONCE_MAX,
  CUSTOMERS_A_CALL_MAX,
  GATE_SETTINGS,
  PLACES_A_CALL_MAX,
  ROWS_A_CALL_MAX,
  type GateSettings,
} from './gate-settings';
import { readShortage } from './gate-shortage';

export interface RedisGateParts {
  redis: RedisConnection;
  clock: Clock;
  source: GateSource;
  logger: Logger;
  settings?: Partial<GateSettings>;
}

/** How often each verdict was given, and what went wrong, since the start of the process. */
export interface GateCounts {
  /** Sent on to the ledger without being counted: replays, limits, drops that are not open, and now and then a try. */
  asked: number;
  admitted: number;
  waited: number;
  short: number;
  unseen: number;
  failedCalls: number;
  seedings: number;
}

const ASK: GateVerdict = { kind: 'ask' };
const WAIT: GateVerdict = { kind: 'wait' };
const UNSEEN: GateVerdict = { kind: 'unseen' };
const COMPLAIN_EVERY_MS = 1_000; // several calls are under way when a gate turns out to make no sense

/**
 * The gate that all instances share. It counts whom it lets through, so that the ledger is asked by about as many as it has units for; the
 * others wait for their answers. Redis is only told what the ledger has decided: whatever it loses or makes up costs speed.
 */
export class RedisGate extends Gate {
  readonly counts: GateCounts = {
    asked: 0,
    admitted: 0,
    waited: 0,
    short: 0,
    unseen: 0,
    failedCalls: 0,
    seedings: 0,
  };
  private readonly settings: GateSettings;
  private readonly scripts: GateScripts;
  private readonly drops: GateDrops;
  private readonly seeder: GateSeeder;
  private readonly shortages = new Map<string, Promise<Shortage | null>>();
  private listener: (dropId: string) => void = () => undefined;

  constructor(private readonly parts: RedisGateParts) {
    super();
    this.settings = { ...GATE_SETTINGS, ...parts.settings };
    const calls = new RedisCalls(parts.redis, { what: 'the gate', deadlineMs: this.settings.callDeadlineMs });
    this.scripts = new GateScripts(calls, this.settings);
    this.drops = new GateDrops(parts.clock);
    this.seeder = new GateSeeder({
      ...parts,
      scripts: this.scripts,
      settings: this.settings,
      termOf: (drop) => this.termOf(drop),
      onEnd: (drop, outcome) => {
        if (outcome === 'seeded') this.counts.seedings += 1;
        this.listener(drop.id);
      },
    });
  }

  check(query: GateQuery): GateVerdict | Promise<GateVerdict> {
    // What no shopper sends is for the ledger to refuse: a number below one would give units back here.
    if (!query.lines.every(({ quantity }) => Number.isInteger(quantity) && quantity > 0)) return ASK;
    const drop = this.drops.use(query.dropId);
    if (this.isBlind(drop)) return this.withoutGate(drop);
    return new Promise((resolve) => {
      drop.asking.push({ query, resolve });
      if (drop.flushScheduled) return;
      drop.flushScheduled = true;
      // Those who come in the same turn of the event loop share a call.
      setImmediate(() => void this.flush(drop));
    });
  }

  goesUnseen({ dropId, customerId, holdId }: GateQuery): void {
    this.counts.unseen += 1;
    this.drops.get(dropId).goesUnseen(holdId(), customerId);
  }

  withdraw(query: GateQuery): void {
    this.drops.find(query.dropId)?.decided([query.holdId()]);
    void this.tell(query.dropId, { sure: false, landed: [query.holdId()] });
  }

  learn(news: LaneNews): void {
    const { dropId, available: rows, customers, decided: landed } = news;
    this.drops.find(dropId)?.decided(landed);
    void this.tell(dropId, { sure: true, sale: toWallTimes(news, this.wallMs), rows, customers, landed });
    this.listener(dropId);
  }

  /**
   * Customers of the batch are known since they were let through, or will be when it is sent again, and the rows mend themselves; only a
   * seeding from the ledger could miss a customer whose batch commits after it. So there is none for a while; and because another instance
   * may have filled a wiped gate meanwhile, the ledger is looked at once more after it.
   */
  doubt(dropId: string): void {
    this.drops.get(dropId).doubt(this.now + this.settings.doubtMs);
  }

  async heal(rows: readonly StockRow[], source: 'stream' | 'ledger'): Promise<void> {
    const byDrop = [...groupBy(rows, (row) => row.dropId)];
    // All at once: the change stream waits for it, and one deadline is enough to find that Redis is slow.
    await Promise.all(byDrop.map(([dropId, ofDrop]) => this.healDrop(dropId, ofDrop, source)));
  }

  private async healDrop(dropId: string, rows: readonly StockRow[], source: 'stream' | 'ledger') {
    // Nobody here is refused by the others: whoever asks first reads them from the ledger.
    if (!this.drops.isInUse(dropId)) return;
    if (source === 'ledger') this.seeder.lookIfDue(this.drops.get(dropId));
    const pairs = rows.map(({ sku, available: units, epoch, version }): [string, UnitsOnOffer] => [
      sku,
      { units, epoch, version },
    ]);
    for (const chunk of chunksOf(pairs, ROWS_A_CALL_MAX))
      await this.tell(dropId, { sure: source === 'ledger', rows: chunk });
    this.listener(dropId);
  }

  shortageOf(dropId: string): Promise<Shortage | null> {
    // Gateways ask at the same moments: one reading serves them all.
    let reading = this.shortages.get(dropId);
    if (reading === undefined) {
      reading = this.readShortage(dropId).finally(() => this.shortages.delete(dropId));
      this.shortages.set(dropId, reading);
    }
    return reading;
  }

  onChange(listener: (dropId: string) => void): void {
    this.listener = listener;
  }

  private get now(): number {
    return this.parts.clock.monotonicMs();
  }

  private get wallMs(): number {
    return Math.round(this.parts.clock.now());
  }

  private isBlind(drop: GateDrop): boolean {
    return !this.parts.redis.isUp || this.now < drop.blindUntil;
  }

  /** Behind a broken connection there may be another server, or the same one without its memory of the last second. */
  private termOf(drop: GateDrop): string {
    return drop.termAt(this.parts.redis.placeOf(gateKeys(drop.id)[0]));
  }

  /** While the gate cannot be asked, or is being seeded: everybody waits a moment, then they go on in small numbers. */
  private withoutGate(drop: GateDrop): GateVerdict {
    if (!this.isBlind(drop)) return WAIT;
    drop.blindSince ??= this.now;
    if (this.now - drop.blindSince < this.settings.patienceMs) return WAIT;
    return UNSEEN;
  }

  private async flush(drop: GateDrop): Promise<void> {
    const ready = await this.putRight(drop);
    drop.flushScheduled = false;
    if (ready) this.send(drop);
    else this.answerWithoutGate(drop, drop.asking.splice(0));
  }

  private send(drop: GateDrop): void {
    while (drop.asking.length > 0 && drop.callsInFlight < CALLS_AT_ONCE_MAX) {
      drop.callsInFlight += 1;
      void this.admit(drop, drop.asking.splice(0, PLACES_A_CALL_MAX)).finally(() => {
        drop.callsInFlight -= 1;
        if (this.isBlind(drop)) this.answerWithoutGate(drop, drop.asking.splice(0));
        else this.send(drop);
      });
    }
  }

  /** Tells Redis what it has missed. False while that cannot be done: then its verdicts do not count. */
  private async putRight(drop: GateDrop): Promise<boolean> {
    if (!drop.isSeeded(this.termOf(drop))) {
      this.seeder.start(drop);
      return false;
    }
    this.seeder.lookIfDue(drop);
    if (!drop.owes) return true;
    for (const customers of chunksOf([...drop.untold], CUSTOMERS_A_CALL_MAX)) {
      const code = await this.tell(drop.id, { sure: false, customers });
      if (code === null) return false;
      // Without a gate there is nothing to tell, and who seeds it tells these as well.
      if (code === LuaCode.UNSEEDED) return true;
      drop.told(customers);
    }
    return true;
  }

  private async admit(drop: GateDrop, places: readonly Asking[]): Promise<void> {
    let judgements: Judgement[] | null;
    try {
      judgements = await this.scripts.admit(
        drop.id,
        this.wallMs,
        places.map(({ query }) => query),
      );
    } catch (error) {
      this.failed(drop, error);
      this.answerWithoutGate(drop, places);
      return;
    }
    if (!this.isBlind(drop)) drop.blindSince = null;
    // Meanwhile another node may have answered, which has not been told everything.
    if (judgements === null || !drop.isSeeded(this.termOf(drop))) {
      this.seeder.start(drop);
      this.answerWithoutGate(drop, places);
      return;
    }
    places.forEach(({ query, resolve }, index) => resolve(this.verdictOf(drop, query, judgements[index]!)));
  }

  private verdictOf(drop: GateDrop, { lines }: GateQuery, judgement: Judgement): GateVerdict {
    if (typeof judgement !== 'number') {
      for (const index of judgement) drop.wants(lines[index]!.sku);
      this.counts.short += 1;
      return { kind: 'short', shortLines: judgement };
    }
    if (judgement === LuaCode.WAIT) {
      this.counts.waited += 1;
      return WAIT;
    }
    if (judgement === LuaCode.ADMITTED) this.counts.admitted += 1;
    else this.counts.asked += 1;
    return ASK;
  }

  private answerWithoutGate(drop: GateDrop, places: readonly Asking[]): void {
    for (const { resolve } of places) resolve(this.withoutGate(drop));
  }

  /** Never rejects; null when Redis did not take it. Then customers are kept until it does, and rows are mended by what comes next. */
  private async tell(dropId: string, lesson: Lesson): Promise<LuaCode | null> {
    try {
      return await this.scripts.learn(dropId, this.wallMs, lesson);
    } catch (error) {
      const drop = this.drops.get(dropId);
      drop.addUntold(lesson.customers ?? []);
      this.failed(drop, error);
      return null;
    }
  }

  private failed(drop: GateDrop, error: unknown): void {
    this.counts.failedCalls += 1;
    drop.blindUntil = Math.max(drop.blindUntil, this.now + this.settings.blindMs);
    if (error instanceof RedisUnavailable) return;
    // Keys of another kind, or values that no script of ours has written. Nothing in them is worth keeping.
    if (this.now - drop.complainedAt >= COMPLAIN_EVERY_MS) {
      drop.complainedAt = this.now;
      this.parts.logger.error(
        { dropId: drop.id, err: error },
        'the gate is unreadable: it is emptied and seeded again',
      );
    }
    this.parts.redis.client.unlink(...gateKeys(drop.id)).catch(() => undefined);
  }

  private async readShortage(dropId: string): Promise<Shortage | null> {
    const drop = this.drops.use(dropId);
    if (this.isBlind(drop) || drop.owes || !drop.isSeeded(this.termOf(drop))) return null;
    try {
      return await readShortage(drop, {
        read: (skus) => this.scripts.shortage(dropId, this.wallMs, skus),
        refresh: async (skus) => {
          const sale = await this.parts.source.saleOf(dropId, skus);
          if (sale === null) return;
          const lesson = { sure: true, sale: toWallTimes(sale, this.wallMs), rows: sale.available };
          await this.scripts.learn(dropId, this.wallMs, lesson);
        },
      });
    } catch (error) {
      if (error instanceof RedisUnavailable) this.failed(drop, error);
      return null;
    }
  }
}
