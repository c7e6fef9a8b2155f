import type { Hold } from '@holdfast/contracts';
import { Ledger, type BatchResult } from '../../apps/inventory/src/application/ports/ledger.port';
import {
  type AnswerByKind,
  type EndCommand,
  type LaneAnswer,
  type LaneCommand,
  type PlaceCommand,
  runsAlone,
} from '../../apps/inventory/src/domain/lane-command';

interface ModelHold {
  place: PlaceCommand;
  state: Hold['state'];
  orderId: string | null;
  /** Its time is over although nobody has swept it. */
  over: boolean;
}

/**
 * The rules of the ledger in the plainest words, one command after the other, for one drop that is open. What the SQL and the lanes do with
 * sets and batches must come to the same.
 */
export class ModelLedger extends Ledger {
  readonly holds = new Map<string, ModelHold>();
  readonly available: Map<string, number>;
  private expiredInBatch = 0;

  constructor(
    skus: Record<string, number>,
    private readonly limit: number,
  ) {
    super();
    this.available = new Map(Object.entries(skus));
  }

  async runBatch(_dropId: string, commands: readonly LaneCommand[]): Promise<BatchResult> {
    // Ends first, then places in their order: the serial order that the ledger promises for a batch.
    const answers = new Map<LaneCommand, LaneAnswer>();
    this.expiredInBatch = 0;
    for (const command of commands) if (command.kind !== 'place') answers.set(command, this.end(command));
    // The sweeper is told of all that the batch expired, also of what somebody released too late.
    for (const command of answers.keys()) if (command.kind === 'expire') answers.set(command, this.expired());
    for (const command of commands) if (command.kind === 'place') answers.set(command, this.place(command));
    return { answers: commands.map((command) => answers.get(command)!), news: null };
  }

  getHold = () => Promise.reject(new Error('not in the model'));
  liveHolds = () => Promise.reject(new Error('not in the model'));
  dueDrops = () => Promise.resolve([]);

  unitsOf(customerId: string): number {
    let units = 0;
    for (const { place, state } of this.holds.values())
      if (place.customerId === customerId && (state === 'held' || state === 'confirmed'))
        units += unitsIn(place);
    return units;
  }

  private place(command: PlaceCommand): AnswerByKind['place'] {
    const there = this.holds.get(command.holdId);
    if (there)
      return there.place.fingerprint === command.fingerprint
        ? { kind: 'held', hold: { id: command.holdId } as Hold, replayed: true }
        : { kind: 'key-reused' };
    const unknown = indexes(command, ({ sku }) => !this.available.has(sku));
    if (unknown.length > 0) return { kind: 'unknown-sku', lineIndexes: unknown };
    if (this.unitsOf(command.customerId) + unitsIn(command) > this.limit)
      return { kind: 'refused', reason: 'limit-reached', shortLines: [] };
    const short = indexes(command, ({ sku, quantity }) => this.available.get(sku)! < quantity);
    if (short.length > 0) return { kind: 'refused', reason: 'sold-out', shortLines: short };
    this.move(command, -1);
    this.holds.set(command.holdId, { place: command, state: 'held', orderId: null, over: false });
    return { kind: 'held', hold: { id: command.holdId } as Hold, replayed: false };
  }

  private end(command: Exclude<LaneCommand, PlaceCommand>): LaneAnswer {
    if (command.kind === 'expire') {
      const due = [...this.holds.values()].filter(({ state, over }) => state === 'held' && over);
      for (const hold of due) this.finish(hold, 'expired');
      return this.expired();
    }
    if (runsAlone(command)) throw new Error('not in the model');
    const hold = this.holds.get(command.holdId);
    if (!hold || hold.place.customerId !== command.customerId) return { kind: 'not-found' };
    const over = hold.state === 'expired' || (hold.state === 'held' && hold.over);
    const live = hold.state === 'held' && !hold.over;
    const mine = hold.orderId === null || hold.orderId === command.orderId;
    return this.endOf(command, hold, { over, live, mine });
  }

  private endOf(
    { kind, orderId }: EndCommand,
    hold: ModelHold,
    { over, live, mine }: { over: boolean; live: boolean; mine: boolean },
  ): LaneAnswer {
    switch (kind) {
      case 'confirm':
        if (hold.state === 'confirmed' && hold.orderId === orderId) return { kind: 'confirmed' };
        if (over) return { kind: 'expired' };
        if (!live || !mine) return { kind: 'not-active' };
        hold.orderId = orderId;
        hold.state = 'confirmed';
        return { kind: 'confirmed' };
      case 'extend':
        if (over) return { kind: 'expired' };
        if (!live) return { kind: 'not-active' };
        if (!mine) return { kind: 'payment-in-flight' };
        hold.orderId = orderId;
        return { kind: 'extended', hold: { id: hold.place.holdId } as Hold };
      case 'yield':
        if (!live || !mine) return { kind: 'not-active' };
        hold.orderId = null;
        return { kind: 'yielded' };
      case 'release':
      case 'release-for-order':
        if (hold.state === 'confirmed') return { kind: 'confirmed' };
        if (live && hold.orderId !== null && hold.orderId !== orderId) return { kind: 'payment-in-flight' };
        if (hold.state === 'held') this.finish(hold, hold.over ? 'expired' : 'released');
        return { kind: 'released' };
    }
  }

  private expired(): LaneAnswer {
    return { kind: 'expired', holds: this.expiredInBatch };
  }

  private finish(hold: ModelHold, state: 'released' | 'expired'): void {
    if (state === 'expired') this.expiredInBatch += 1;
    hold.state = state;
    this.move(hold.place, 1);
  }

  private move({ lines }: PlaceCommand, sign: 1 | -1): void {
    for (const { sku, quantity } of lines)
      this.available.set(sku, this.available.get(sku)! + sign * quantity);
  }
}

function unitsIn({ lines }: PlaceCommand): number {
  return lines.reduce((sum, { quantity }) => sum + quantity, 0);
}

function indexes({ lines }: PlaceCommand, test: (line: PlaceCommand['lines'][number]) => boolean): number[] {
  return lines.flatMap((line, index) => (test(line) ? [index] : []));
}
