import type { Busy, PlaceOutcome } from '@holdfast/contracts';
import type { Clock } from '@holdfast/kernel';
import type { GateQuery, ToLedger } from '../../../application/ports/gate.port';
import { basketKey } from '../../../domain/basket-key';
import type { Admission } from './admission';
import type { Decision } from './decisions';
import type { GateSettings } from './gate-settings';

export interface PendingParts {
  admission: Pick<Admission, 'decide' | 'goesUnseen' | 'withdraw'>;
  clock: Clock;
  settings: Pick<GateSettings, 'pendingMsMax' | 'pendingMax' | 'unseenMax' | 'recheckEveryMs'>;
}

interface Place {
  query: GateQuery;
  toLedger: ToLedger;
}

interface Pending extends Place {
  since: number;
  resolve: (outcome: PlaceOutcome | Promise<PlaceOutcome>) => void;
}

interface DropQueues {
  /**
   * Places with the same lines wait in one queue, in order of arrival: if the first cannot proceed, neither
   * can the others.
   */
  queues: Map<string, Pending[]>;
  pending: number;
  /** Permits in use by places that went to the ledger unseen. */
  unseen: number;
  rechecking: boolean;
  recheckAgain: boolean;
}

// Only the first places of a queue are rechecked, and further ones only while some of these leave, to bound
// the cost of an update.
const HEAD = 32;
const BUSY: Busy = { kind: 'busy', retryAfterSeconds: 1 };

/**
 * Places that can neither go to the ledger nor be refused yet: the units they request are in flight for
 * others, which may still be refused. So no place is refused too early, and only as many go to the ledger as
 * there are units.
 */
export class PendingPlaces {
  private readonly drops = new Map<string, DropQueues>();
  private timer: NodeJS.Timeout | null = null;
  private count = 0;

  constructor(private readonly parts: PendingParts) {}

  get size(): number {
    return this.count;
  }

  /** See `Gate.place`. */
  async place(query: GateQuery, toLedger: ToLedger): Promise<PlaceOutcome> {
    const decision = await this.parts.admission.decide(query);
    // Pending places get a permit first.
    const isBehind = decision.kind === 'unseen' && (this.drops.get(query.dropId)?.pending ?? 0) > 0;
    const outcome = isBehind ? null : this.carryOut({ query, toLedger }, decision, 0);
    if (outcome !== null) return outcome;
    if (this.count >= this.parts.settings.pendingMax) return BUSY;
    const drop = this.queuesOf(query.dropId);
    return new Promise((resolve) => {
      const key = basketKey(query.lines);
      const queue = drop.queues.get(key) ?? [];
      queue.push({ query, toLedger, since: this.parts.clock.monotonicMs(), resolve });
      drop.queues.set(key, queue);
      drop.pending += 1;
      this.count += 1;
      this.timer ??= setInterval(() => this.tick(), this.parts.settings.recheckEveryMs);
    });
  }

  /**
   * Rechecks the pending places of a drop. One pass at a time; a call during a pass starts another one after
   * it.
   */
  recheck(dropId: string): void {
    const drop = this.drops.get(dropId);
    if (drop === undefined || drop.pending === 0) return;
    drop.recheckAgain = true;
    if (!drop.rechecking) void this.recheckQueues(dropId, drop);
  }

  private queuesOf(dropId: string): DropQueues {
    let drop = this.drops.get(dropId);
    if (drop === undefined) {
      drop = { queues: new Map(), pending: 0, unseen: 0, rechecking: false, recheckAgain: false };
      this.drops.set(dropId, drop);
    }
    return drop;
  }

  /** Null while the place has to wait. */
  private carryOut(
    place: Place,
    decision: Decision,
    waitedMs: number,
  ): Promise<PlaceOutcome> | PlaceOutcome | null {
    switch (decision.kind) {
      case 'short':
        return { kind: 'refused', reason: 'sold-out', shortLines: decision.shortLines };
      case 'wait':
        return null;
      case 'ask':
        return this.goToLedger(place, waitedMs);
      case 'unseen':
        return this.goUnseen(place, waitedMs);
    }
  }

  private goUnseen(place: Place, waitedMs: number): Promise<PlaceOutcome> | null {
    const { admission, settings } = this.parts;
    const { dropId } = place.query;
    const drop = this.queuesOf(dropId);
    if (drop.unseen >= settings.unseenMax) return null;
    drop.unseen += 1;
    admission.goesUnseen(place.query);
    return this.goToLedger(place, waitedMs).finally(() => {
      drop.unseen -= 1;
      if (drop.pending > 0) this.recheck(dropId);
      else this.removeIfEmpty(dropId, drop);
    });
  }

  private async goToLedger({ query, toLedger }: Place, waitedMs: number): Promise<PlaceOutcome> {
    const outcome = await toLedger(waitedMs);
    // The lane did not accept it.
    if (outcome.kind === 'busy') this.parts.admission.withdraw(query);
    return outcome;
  }

  private tick(): void {
    const overdueSince = this.parts.clock.monotonicMs() - this.parts.settings.pendingMsMax;
    for (const [dropId, drop] of this.drops) {
      for (const queue of drop.queues.values()) {
        const firstInTime = queue.findIndex(({ since }) => since > overdueSince);
        const overdue = queue.splice(0, firstInTime === -1 ? queue.length : firstInTime);
        for (const each of overdue) this.release(drop, each, BUSY);
      }
      if (drop.pending > 0) this.recheck(dropId);
      else this.removeIfEmpty(dropId, drop);
    }
    if (this.count === 0 && this.timer) {
      clearInterval(this.timer);
      this.timer = null;
    }
  }

  private async recheckQueues(dropId: string, drop: DropQueues): Promise<void> {
    drop.rechecking = true;
    while (drop.recheckAgain) {
      drop.recheckAgain = false;
      await Promise.all([...drop.queues].map(([key, queue]) => this.recheckQueue(drop, key, queue)));
    }
    drop.rechecking = false;
    this.removeIfEmpty(dropId, drop);
  }

  private async recheckQueue(drop: DropQueues, key: string, queue: Pending[]): Promise<void> {
    for (let left = 1; left > 0;) {
      const head = queue.slice(0, HEAD);
      const decisions = await Promise.all(head.map(async ({ query }) => this.parts.admission.decide(query)));
      left = head.filter((each, index) => this.apply(drop, queue, each, decisions[index]!)).length;
    }
    if (queue.length === 0 && drop.queues.get(key) === queue) drop.queues.delete(key);
  }

  /** True when the place has left the queue. */
  private apply(drop: DropQueues, queue: Pending[], each: Pending, decision: Decision): boolean {
    const at = queue.indexOf(each);
    if (at === -1) {
      // It was overdue and has been answered.
      if (decision.kind === 'ask') this.parts.admission.withdraw(each.query);
      return false;
    }
    const outcome = this.carryOut(each, decision, this.parts.clock.monotonicMs() - each.since);
    if (outcome === null) return false;
    queue.splice(at, 1);
    this.release(drop, each, outcome);
    return true;
  }

  private release(
    drop: DropQueues,
    { resolve }: Pending,
    outcome: PlaceOutcome | Promise<PlaceOutcome>,
  ): void {
    drop.pending -= 1;
    this.count -= 1;
    resolve(outcome);
  }

  private removeIfEmpty(dropId: string, drop: DropQueues): void {
    if (drop.pending === 0 && drop.unseen === 0 && !drop.rechecking) this.drops.delete(dropId);
  }
}
