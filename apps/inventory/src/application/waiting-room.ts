import type { Busy } from '@holdfast/contracts';
import type { Clock } from '@holdfast/kernel';
import type { Gate, GateQuery, GateVerdict } from './ports/gate.port';

/** Bounds of the waiting room. Each has its reason; tests make them smaller. */
export interface RoomSettings {
  waitMsMax: number;
  waitingMax: number;
  unseenMax: number;
  askEveryMs: number;
}

export const ROOM_SETTINGS: RoomSettings = {
  // What is left of the lane's deadline (2.5 s) is still enough for a place; a shopper hears something within three seconds.
  waitMsMax: 1_500,
  // About as many as a lane takes: more could not be served in time anyhow.
  waitingMax: 20_000,
  // Without a look at the gate nobody is refused early, so this is what keeps a crowd of losers off the ledger: a quarter of a batch, which
  // still serves some 10,000 a second.
  unseenMax: 64,
  // For what no news tells: another process has changed something, or units that were counted as asked for no longer count.
  askEveryMs: 50,
};

/** Who may go on to the ledger, after how long; or what to tell the shopper. */
export type Pass =
  { kind: 'ask' | 'unseen'; waitedMs: number } | { kind: 'short'; shortLines: number[] } | Busy;

interface Waiting {
  query: GateQuery;
  since: number;
  resolve: (pass: Pass) => void;
}

interface DropRoom {
  /** Who wait for the same lines wait in one queue, in order of arrival: what the first of them may not have, the others may not either. */
  queues: Map<string, Waiting[]>;
  waiting: number;
  unseen: number;
  asking: boolean;
  askAgain: boolean;
}

// The first of a queue are asked about; the others only while somebody of these could go. Bounds what one piece of news costs.
const HEAD = 32;
const BUSY: Busy = { kind: 'busy', retryAfterSeconds: 1 };

/**
 * Where shoppers wait who can be told neither "go" nor "sold out": the units they want have been asked for by others, and some of those may
 * still come away without. So nobody hears "sold out" too early, and the ledger is asked by as many as it has units for.
 */
export class WaitingRoom {
  private readonly drops = new Map<string, DropRoom>();
  private timer: NodeJS.Timeout | null = null;
  private count = 0;

  constructor(
    private readonly gate: Gate,
    private readonly clock: Clock,
    private readonly settings: RoomSettings = ROOM_SETTINGS,
  ) {
    gate.onChange((dropId) => this.ask(dropId));
  }

  /** How many wait. */
  get size(): number {
    return this.count;
  }

  /** Turns a verdict into a pass, at once or when it has become final. Whoever gets `unseen` has to call `leave` after it. */
  enter(query: GateQuery, verdict: GateVerdict): Promise<Pass> {
    const room = this.roomOf(query.dropId);
    // Those who wait for one of the few places go first.
    const pass = verdict.kind === 'unseen' && room.waiting > 0 ? null : this.passOf(room, query, verdict, 0);
    if (pass !== null) return Promise.resolve(pass);
    if (this.count >= this.settings.waitingMax) return Promise.resolve(BUSY);
    return new Promise((resolve) => {
      const key = linesKey(query.lines);
      const queue = room.queues.get(key) ?? [];
      queue.push({ query, since: this.clock.monotonicMs(), resolve });
      room.queues.set(key, queue);
      room.waiting += 1;
      this.count += 1;
      this.timer ??= setInterval(() => this.tick(), this.settings.askEveryMs);
    });
  }

  /** The ledger has answered somebody who went there unseen. */
  leave(dropId: string): void {
    const room = this.drops.get(dropId);
    if (room === undefined) return;
    room.unseen -= 1;
    if (room.waiting > 0) this.ask(dropId);
    else this.forgetIfEmpty(dropId, room);
  }

  private roomOf(dropId: string): DropRoom {
    let room = this.drops.get(dropId);
    if (room === undefined) {
      room = { queues: new Map(), waiting: 0, unseen: 0, asking: false, askAgain: false };
      this.drops.set(dropId, room);
    }
    return room;
  }

  private passOf(room: DropRoom, query: GateQuery, verdict: GateVerdict, waitedMs: number): Pass | null {
    switch (verdict.kind) {
      case 'short':
        return verdict;
      case 'ask':
        return { kind: 'ask', waitedMs };
      case 'wait':
        return null;
      case 'unseen':
        if (room.unseen >= this.settings.unseenMax) return null;
        room.unseen += 1;
        this.gate.goesUnseen(query);
        return { kind: 'unseen', waitedMs };
    }
  }

  private tick(): void {
    const overdueSince = this.clock.monotonicMs() - this.settings.waitMsMax;
    for (const [dropId, room] of this.drops) {
      for (const queue of room.queues.values()) {
        const firstInTime = queue.findIndex(({ since }) => since > overdueSince);
        const overdue = queue.splice(0, firstInTime === -1 ? queue.length : firstInTime);
        for (const waiting of overdue) this.release(room, waiting, BUSY);
      }
      if (room.waiting > 0) this.ask(dropId);
      else this.forgetIfEmpty(dropId, room);
    }
    if (this.count === 0 && this.timer) {
      clearInterval(this.timer);
      this.timer = null;
    }
  }

  /** Checks again those who wait for a drop. One round at a time; what happens meanwhile makes another one follow. */
  private ask(dropId: string): void {
    const room = this.drops.get(dropId);
    if (room === undefined || room.waiting === 0) return;
    room.askAgain = true;
    if (room.asking) return;
    room.asking = true;
    void this.askInRounds(dropId, room);
  }

  private async askInRounds(dropId: string, room: DropRoom): Promise<void> {
    while (room.askAgain) {
      room.askAgain = false;
      await Promise.all([...room.queues].map(([key, queue]) => this.askQueue(room, key, queue)));
    }
    room.asking = false;
    this.forgetIfEmpty(dropId, room);
  }

  private async askQueue(room: DropRoom, key: string, queue: Waiting[]): Promise<void> {
    for (;;) {
      const head = queue.slice(0, HEAD);
      const verdicts = await Promise.all(head.map(async ({ query }) => this.gate.check(query)));
      // Meanwhile the overdue may have left the queue.
      const still = new Set(queue.slice(0, HEAD));
      let gone = 0;
      head.forEach((waiting, index) => {
        const verdict = verdicts[index]!;
        if (!still.has(waiting)) {
          if (verdict.kind === 'ask') this.gate.withdraw(waiting.query);
          return;
        }
        const waitedMs = this.clock.monotonicMs() - waiting.since;
        const pass = this.passOf(room, waiting.query, verdict, waitedMs);
        if (pass === null) return;
        still.delete(waiting);
        queue.splice(queue.indexOf(waiting), 1);
        this.release(room, waiting, pass);
        gone += 1;
      });
      if (queue.length === 0) {
        if (room.queues.get(key) === queue) room.queues.delete(key);
        return;
      }
      if (gone === 0) return;
    }
  }

  private release(room: DropRoom, { resolve }: Waiting, pass: Pass): void {
    room.waiting -= 1;
    this.count -= 1;
    resolve(pass);
  }

  private forgetIfEmpty(dropId: string, room: DropRoom): void {
    if (room.waiting === 0 && room.unseen === 0 && !room.asking) this.drops.delete(dropId);
  }
}

function linesKey(lines: GateQuery['lines']): string {
  let key = '';
  // The length before each SKU keeps two different wishes apart whatever characters a SKU has.
  for (const { sku, quantity } of lines) key += `${quantity}:${sku.length}:${sku}`;
  return key;
}
