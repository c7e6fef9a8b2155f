import {
  type InventoryCalls,
  type LiveFeed,
  type LiveListener,
  type LiveMessage,
  type PlaceHold,
  type PlaceOutcome,
  ServiceUnavailable,
  type Shortage,
} from '@holdfast/contracts';
import { Clock } from '@holdfast/kernel';

/** Time that moves only when the test says so; what is due meanwhile runs in order. */
export class ScriptedTime extends Clock {
  private nowMs = 0;
  private readonly due: { atMs: number; run: () => void }[] = [];

  override now(): number {
    return this.nowMs;
  }

  at(atMs: number, run: () => void): void {
    this.due.push({ atMs, run });
  }

  after<T>(delayMs: number, make: () => T): Promise<T> {
    return new Promise((resolve, reject) =>
      this.at(this.nowMs + delayMs, () => {
        try {
          resolve(make());
        } catch (error) {
          reject(error as Error);
        }
      }),
    );
  }

  /** Runs all that is due until `endMs`, and lets promises settle after each step. */
  async runUntil(endMs: number): Promise<void> {
    for (;;) {
      const next = this.due.reduce<number>(
        (best, { atMs }, index) =>
          atMs <= endMs && (best < 0 || atMs < this.due[best]!.atMs) ? index : best,
        -1,
      );
      if (next < 0) break;
      const [{ atMs, run }] = this.due.splice(next, 1) as [{ atMs: number; run: () => void }];
      // No two things happen at one moment, so what came first can be read from the times.
      this.nowMs = Math.max(this.nowMs + 0.001, atMs);
      run();
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.nowMs = endMs;
  }
}

/** A feed whose messages arrive when the test hands them over. */
export class ScriptedFeed {
  private listener: LiveListener = () => undefined;
  /** What has arrived, and when. */
  readonly arrived: { atMs: number; message: LiveMessage }[] = [];

  constructor(private readonly time: ScriptedTime) {}

  get asFeed(): LiveFeed {
    return {
      subscribe: (listener: LiveListener) => {
        this.listener = listener;
        return () => undefined;
      },
    } as unknown as LiveFeed;
  }

  deliver(message: LiveMessage): void {
    this.arrived.push({ atMs: this.time.now(), message });
    this.listener(message);
  }
}

/** What inventory knows at one moment. Never changed: each step makes a new one. */
export interface ShopState {
  open: boolean;
  available: Readonly<Record<string, number>>;
  /** Body by customer and key. */
  holds: ReadonlyMap<string, string>;
  /** Units by customer. */
  used: ReadonlyMap<string, number>;
}

export const MODEL_DROP = 'd1234567';
export const MODEL_LIMIT = 3;

/** What a ledger says to this command in this state, in the precedence of the contract. */
export function answerIn(state: ShopState, { customerId, key, fingerprint, lines }: PlaceHold): PlaceOutcome {
  const before = state.holds.get(`${customerId} ${key}`);
  if (before !== undefined && before !== fingerprint) return { kind: 'key-reused' };
  if (before !== undefined) return { kind: 'held', hold: { id: key } as never, replayed: true };
  const unknown = lines.flatMap(({ sku }, i) => (sku in state.available ? [] : [i]));
  if (unknown.length > 0) return { kind: 'unknown-sku', lineIndexes: unknown };
  if (!state.open) return { kind: 'refused', reason: 'drop-not-open', shortLines: [] };
  const units = lines.reduce((sum, { quantity }) => sum + quantity, 0);
  if ((state.used.get(customerId) ?? 0) + units > MODEL_LIMIT)
    return { kind: 'refused', reason: 'limit-reached', shortLines: [] };
  const shortLines = lines.flatMap(({ sku, quantity }, i) => (state.available[sku]! < quantity ? [i] : []));
  if (shortLines.length > 0) return { kind: 'refused', reason: 'sold-out', shortLines };
  return { kind: 'held', hold: { id: key } as never, replayed: false };
}

interface Trip {
  /** Until inventory acts, and from there until the answer is back. */
  thereMs: number;
  backMs: number;
  /** The answer never comes, although the command is carried out. */
  lost?: boolean;
}

/** One drop of a shop, with all states it has ever been in. */
export class ModelShop {
  readonly history: { fromMs: number; state: ShopState }[];
  /** Certificates given out: when they were asked for, and which state they show. */
  readonly certificates: { askedAtMs: number; answeredAtMs: number; state: ShopState }[] = [];
  /** How the next calls travel; the test sets it. */
  trip: Trip = { thereMs: 1, backMs: 1 };
  questionTrip: Trip = { thereMs: 1, backMs: 1 };
  asked = 0;
  /** Names that each certificate has beside its customers. */
  named: string[] = [];

  constructor(
    private readonly time: ScriptedTime,
    available: Record<string, number>,
  ) {
    const state = {
      open: true,
      available,
      holds: new Map<string, string>(),
      used: new Map<string, number>(),
    };
    this.history = [{ fromMs: -Infinity, state }];
  }

  get state(): ShopState {
    return this.history[this.history.length - 1]!.state;
  }

  /** The port, as a gateway has it. */
  get asClient(): InventoryCalls {
    return {
      placeHold: (command: PlaceHold) => this.place(command),
      shortageOf: () => this.shortage(),
    } as unknown as InventoryCalls;
  }

  change(step: Partial<ShopState>): void {
    this.history.push({ fromMs: this.time.now(), state: { ...this.state, ...step } });
  }

  /** All states between two moments. */
  statesIn(fromMs: number, toMs: number): ShopState[] {
    return this.history
      .filter(({ fromMs: begin }, i) => begin <= toMs && (this.history[i + 1]?.fromMs ?? Infinity) >= fromMs)
      .map(({ state }) => state);
  }

  /** Carries the command out now. */
  execute(command: PlaceHold): PlaceOutcome {
    const outcome = answerIn(this.state, command);
    if (outcome.kind !== 'held' || outcome.replayed) return outcome;
    const { customerId, key, fingerprint, lines } = command;
    const available = { ...this.state.available };
    let used = this.state.used.get(customerId) ?? 0;
    for (const { sku, quantity } of lines) {
      available[sku]! -= quantity;
      used += quantity;
    }
    this.change({
      available,
      holds: new Map(this.state.holds).set(`${customerId} ${key}`, fingerprint),
      used: new Map(this.state.used).set(customerId, used),
    });
    return outcome;
  }

  private async place(command: PlaceHold): Promise<PlaceOutcome> {
    const { thereMs, backMs, lost } = this.trip;
    const executed = this.time.after(thereMs, () => this.execute(command));
    if (!lost) return executed.then((outcome) => this.time.after(backMs, () => outcome));
    return this.time.after(backMs, () => {
      throw new ServiceUnavailable('the answer was lost');
    });
  }

  private shortage(): Promise<Shortage | null> {
    const { thereMs, backMs, lost } = this.questionTrip;
    const askedAtMs = this.time.now();
    this.asked += 1;
    return this.time
      .after(thereMs, () => this.state)
      .then((state) =>
        this.time.after(backMs, () => {
          if (lost) throw new ServiceUnavailable('no certificate');
          this.certificates.push({ askedAtMs, answeredAtMs: this.time.now(), state });
          const certificate = certificateOf(state);
          return { ...certificate, customers: [...certificate.customers, ...this.named] };
        }),
      );
  }
}

export function certificateOf({ open, available, holds }: ShopState): Shortage {
  return {
    dropId: MODEL_DROP,
    perCustomerLimit: MODEL_LIMIT,
    openForMs: open ? null : 0,
    available: Object.entries(available).map(([sku, units]) => ({ sku, units })),
    customers: [...new Set([...holds.keys()].map((who) => who.split(' ')[0]!))],
  };
}

export function stockMessage(available: Readonly<Record<string, number>>): LiveMessage {
  const rows = Object.entries(available).map(([sku, units]) => ({ sku, available: units }));
  return { kind: 'stock', dropId: MODEL_DROP, rows } as unknown as LiveMessage;
}
