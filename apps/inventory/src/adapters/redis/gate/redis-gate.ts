import type { PlaceOutcome, Shortage, StockRow } from '@holdfast/contracts';
import { groupBy, type Clock } from '@holdfast/kernel';
import type { Logger } from '@holdfast/observability';
import { RedisCalls, type RedisConnection } from '@holdfast/redis';
import type { GateSource } from '../../../application/ports/gate-source.port';
import { Gate, type GateQuery, type ToLedger } from '../../../application/ports/gate.port';
import type { LaneNews, UnitsOnOffer } from '../../../application/ports/ledger.port';
import { Admission } from './admission';
import type { GateCounts } from './decisions';
import { GateDrops } from './gate-drops';
import { GateLink } from './gate-link';
import { GateScripts } from './gate-scripts';
import { GateSeeder } from './gate-seeder';
import { chunksOf } from './gate-seeding';
import { GATE_SETTINGS, ROWS_A_CALL_MAX, type GateSettings } from './gate-settings';
import { GateShortage } from './gate-shortage';
import { PendingPlaces } from './pending-places';

export interface RedisGateParts {
  redis: RedisConnection;
  clock: Clock;
  source: GateSource;
  logger: Logger;
  settings?: Partial<GateSettings>;
}

/**
 * The gate shared by all instances. It counts admitted places, so that about as many go to the ledger as
 * there are units; others are pending until these are answered. Redis stores only decisions of the ledger:
 * lost or wrong data in it cost speed, never a unit.
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
  private readonly drops: GateDrops;
  private readonly link: GateLink;
  private readonly seeder: GateSeeder;
  private readonly pending: PendingPlaces;
  private readonly shortage: GateShortage;

  constructor(given: RedisGateParts) {
    super();
    this.settings = { ...GATE_SETTINGS, ...given.settings };
    this.drops = new GateDrops(given.clock);
    const calls = new RedisCalls(given.redis, { what: 'the gate', deadlineMs: this.settings.callDeadlineMs });
    const scripts = new GateScripts(calls, given.clock, this.settings);
    const { settings, drops, counts } = this;
    const parts = { ...given, settings, drops, counts, scripts };
    this.link = new GateLink(parts);
    this.seeder = new GateSeeder(parts, this.link, (dropId) => this.pending.recheck(dropId));
    this.pending = new PendingPlaces({ ...parts, admission: new Admission(parts, this.link, this.seeder) });
    this.shortage = new GateShortage(parts, this.link);
  }

  place(query: GateQuery, toLedger: ToLedger): Promise<PlaceOutcome> {
    return this.pending.place(query, toLedger);
  }

  learn(news: LaneNews): void {
    const { dropId, available: rows, customers, decided: settled } = news;
    this.drops.find(dropId)?.unsynced.decided(settled);
    void this.link
      .update(dropId, { current: true, sale: news, rows, customers, settled })
      // Kept until Redis accepts them.
      .then((code) => code ?? this.drops.get(dropId).unsynced.addGranted(customers));
    this.pending.recheck(dropId);
  }

  /**
   * The batch's customers are known since their admission, or will be when it is retried, and later updates
   * repair the rows. Only a seeding could miss a customer whose batch commits after it. So seedings are
   * suspended for a while; and because another instance may have seeded an empty gate meanwhile, the ledger
   * is read once more afterwards.
   */
  doubt(dropId: string): void {
    this.drops.get(dropId).doubt(this.link.nowMs + this.settings.doubtMs);
  }

  async heal(rows: readonly StockRow[], source: 'stream' | 'ledger'): Promise<void> {
    const byDrop = [...groupBy(rows, (row) => row.dropId)];
    // Concurrently: the change stream waits for them, and one deadline is enough to detect a slow Redis.
    await Promise.all(byDrop.map(([dropId, ofDrop]) => this.healDrop(dropId, ofDrop, source)));
  }

  shortageOf(dropId: string): Promise<Shortage | null> {
    return this.shortage.of(dropId);
  }

  private async healDrop(dropId: string, rows: readonly StockRow[], source: 'stream' | 'ledger') {
    // Other SKUs are not refused here; their first request reads them from the ledger.
    if (!this.drops.isInUse(dropId)) return;
    if (source === 'ledger') this.seeder.reseedIfDue(this.drops.get(dropId));
    // A SKU that was taken out of the drop has a row without units. It is unknown, and not sold out: the ledger says so.
    const pairs = rows
      .filter(({ total }) => total > 0)
      .map(({ sku, available: units, epoch, version }): [string, UnitsOnOffer] => [
        sku,
        { units, epoch, version },
      ]);
    for (const chunk of chunksOf(pairs, ROWS_A_CALL_MAX))
      await this.link.update(dropId, { current: source === 'ledger', rows: chunk });
    this.pending.recheck(dropId);
  }
}
