import type { GateQuery } from '../../../application/ports/gate.port';
import type { Decision, DecisionCode } from './decisions';
import type { GateDrop, Undecided } from './gate-drop';
import type { GateLink, GateParts } from './gate-link';
import type { GateSeeder } from './gate-seeder';
import { chunksOf } from './gate-seeding';
import { CALLS_AT_ONCE_MAX, CUSTOMERS_A_CALL_MAX, PLACES_A_CALL_MAX } from './gate-settings';
import { LuaCode } from './lua/lua.generated';

const ASK: Decision = { kind: 'ask' };
const WAIT: Decision = { kind: 'wait' };
const UNSEEN: Decision = { kind: 'unseen' };

/** Sends places to Redis for a decision: those of one turn of the event loop share a call. */
export class Admission {
  constructor(
    private readonly parts: GateParts,
    private readonly link: GateLink,
    private readonly seeder: GateSeeder,
  ) {}

  /** Never rejects. */
  decide(query: GateQuery): Decision | Promise<Decision> {
    // The ledger refuses invalid quantities; here a number below one would release units.
    if (!query.lines.every(({ quantity }) => Number.isInteger(quantity) && quantity > 0)) return ASK;
    const drop = this.parts.drops.use(query.dropId);
    if (!this.link.isOpen(drop)) return this.withoutGate(drop);
    return new Promise((resolve) => {
      drop.undecided.push({ query, resolve });
      if (drop.flushScheduled) return;
      drop.flushScheduled = true;
      setImmediate(() => void this.flush(drop));
    });
  }

  /**
   * A place goes to the ledger by the decision `unseen`: until it is answered, its customer may have units.
   */
  goesUnseen({ dropId, customerId, holdId }: GateQuery): void {
    this.parts.counts.unseen += 1;
    this.parts.drops.get(dropId).unsynced.addUnseen(holdId(), customerId);
  }

  /** A place did not reach the ledger, so its units are free for others. */
  withdraw({ dropId, holdId }: GateQuery): void {
    const settled = [holdId()];
    this.parts.drops.find(dropId)?.unsynced.decided(settled);
    void this.link.update(dropId, { current: false, settled });
  }

  /**
   * While the gate is unreachable or being seeded, all places wait briefly and then continue in small
   * numbers.
   */
  private withoutGate(drop: GateDrop): Decision {
    if (this.link.isOpen(drop)) return WAIT;
    drop.failingSince ??= this.link.nowMs;
    return this.link.nowMs - drop.failingSince < this.parts.settings.graceMs ? WAIT : UNSEEN;
  }

  private decideWithoutGate(drop: GateDrop, places: readonly Undecided[]): void {
    for (const { resolve } of places) resolve(this.withoutGate(drop));
  }

  private async flush(drop: GateDrop): Promise<void> {
    const inSync = await this.sync(drop);
    drop.flushScheduled = false;
    if (inSync) this.send(drop);
    else this.decideWithoutGate(drop, drop.undecided.splice(0));
  }

  /** Sends missed updates to Redis. False while that fails: its decisions are then ignored. */
  private async sync(drop: GateDrop): Promise<boolean> {
    if (!this.link.isSeeded(drop)) {
      this.seeder.start(drop);
      return false;
    }
    this.seeder.reseedIfDue(drop);
    if (drop.unsynced.isEmpty) return true;
    for (const customers of chunksOf(drop.unsynced.all, CUSTOMERS_A_CALL_MAX)) {
      const code = await this.link.update(drop.id, { current: false, customers });
      if (code === null) return false;
      // Without a gate there is nothing to update, and its seeding includes these customers.
      if (code === LuaCode.UNSEEDED) return true;
      drop.unsynced.synced(customers);
    }
    return true;
  }

  private send(drop: GateDrop): void {
    while (drop.undecided.length > 0 && drop.callsInFlight < CALLS_AT_ONCE_MAX) {
      drop.callsInFlight += 1;
      void this.call(drop, drop.undecided.splice(0, PLACES_A_CALL_MAX)).finally(() => {
        drop.callsInFlight -= 1;
        if (this.link.isOpen(drop)) this.send(drop);
        else this.decideWithoutGate(drop, drop.undecided.splice(0));
      });
    }
  }

  private async call(drop: GateDrop, places: readonly Undecided[]): Promise<void> {
    const queries = places.map(({ query }) => query);
    let decided: (DecisionCode | number[])[] | null;
    try {
      decided = await this.parts.scripts.admit(drop.id, queries);
    } catch (error) {
      this.link.failed(drop, error);
      this.decideWithoutGate(drop, places);
      return;
    }
    if (this.link.isOpen(drop)) drop.failingSince = null;
    // Meanwhile another node may have answered, which is not in sync.
    if (decided === null || !this.link.isSeeded(drop)) {
      this.seeder.start(drop);
      this.decideWithoutGate(drop, places);
      return;
    }
    places.forEach(({ query, resolve }, index) => resolve(this.decisionOf(drop, query, decided[index]!)));
  }

  private decisionOf(drop: GateDrop, { lines }: GateQuery, decided: DecisionCode | number[]): Decision {
    const { counts } = this.parts;
    if (typeof decided !== 'number') {
      for (const index of decided) drop.noteRefused(lines[index]!.sku);
      counts.short += 1;
      return { kind: 'short', shortLines: decided };
    }
    if (decided === LuaCode.WAIT) {
      counts.waited += 1;
      return WAIT;
    }
    if (decided === LuaCode.ADMITTED) counts.admitted += 1;
    else counts.asked += 1;
    return ASK;
  }
}
