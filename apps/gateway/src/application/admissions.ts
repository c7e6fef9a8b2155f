import {
  type DropRecord,
  dropStateAt,
  type Hold,
  type HoldRef,
  type LiveFeed,
  type PlaceHold,
  type StockView,
} from '@holdfast/contracts';
import { type Clock, deriveHoldId, isGhostId } from '@holdfast/kernel';
import type { LimitStore, NamedQuota } from './ports/limit-store.port';

/** A few numbers and an id for each drop: about 3 MB. A drop that was forgotten is read once more. */
const KNOWN_MAX = 10_000;
/** The feed tells of changes; this is for one that got lost. */
const READ_AGAIN_MS = 2_000;
/**
 * Holds that may come at once, as a part of a minute's: with a twentieth, a minute sees 5 % more than its rate, and shoppers
 * who come together do not all wait for the next second.
 */
const BURST_SHARE = 0.05;
const MINUTE_SECONDS = 60;
/** Of refused requests, at a time: whether each is a replay costs one read by its key. Beyond it they are refused unread. */
const LOOKUPS_MAX = 32;

export interface AdmissionsParts {
  directory: { record(dropId: string): Promise<DropRecord | null> };
  stock: Pick<StockView, 'ofDrop'>;
  holds: { getHold(ref: HoldRef): Promise<Hold | null> };
  feed: LiveFeed;
  limits: LimitStore;
  clock: Clock;
}

interface Known {
  perMinute: number | null;
  readAtMs: number;
  reading: boolean;
}

/**
 * The cap on new holds a minute that a merchant sets for a drop, off by default. What is beyond it is refused and may be sent again
 * with the same key. Replays pass, and so does what the ledger refuses anyhow: the shopper learns that the drop is sold
 * out or not open, and nothing is taken from the budget.
 */
export class Admissions {
  private readonly known = new Map<string, Known>();
  private lookups = 0;
  private changes = 0;
  private unsubscribe: (() => void) | undefined;

  constructor(private readonly parts: AdmissionsParts) {}

  start(): void {
    this.unsubscribe ??= this.parts.feed.subscribe((message) => {
      if (message.kind !== 'drop') return;
      this.changes += 1;
      this.known.delete(message.dropId);
    });
  }

  stop(): void {
    this.unsubscribe?.();
    this.unsubscribe = undefined;
  }

  /** Number of drops in memory. */
  get size(): number {
    return this.known.size;
  }

  /**
   * Whether the request may go on: null, or the seconds after which it may be sent again. Synchronous for a drop that is known to
   * have no cap, which is nearly every request.
   */
  refusal(command: PlaceHold): number | null | Promise<number | null> {
    // A ghost has no cap: its rate is what a rehearsal looks for.
    if (isGhostId(command.dropId)) return null;
    const known = this.known.get(command.dropId);
    if (!known) return this.read(command.dropId).then((cap) => cap && this.count(command, cap));
    if (!known.reading && this.parts.clock.monotonicMs() - known.readAtMs > READ_AGAIN_MS) {
      known.reading = true;
      void this.read(command.dropId);
    }
    return known.perMinute && this.count(command, known.perMinute);
  }

  /** Never rejects: what cannot be read caps nothing, and placing the hold has the same trouble. */
  private async read(dropId: string): Promise<number | null> {
    const { directory, clock } = this.parts;
    const changes = this.changes;
    const record = await directory.record(dropId).catch(() => undefined);
    // Invented drops, and what was read before a change, are not kept.
    if (record && changes === this.changes) {
      if (!this.known.has(dropId) && this.known.size >= KNOWN_MAX)
        this.known.delete(this.known.keys().next().value!);
      const { perMinute } = record.admission;
      this.known.set(dropId, { perMinute, readAtMs: clock.monotonicMs(), reading: false });
    } else {
      const known = this.known.get(dropId);
      if (known) known.reading = false;
    }
    return record?.admission.perMinute ?? null;
  }

  private async count(command: PlaceHold, perMinute: number): Promise<number | null> {
    if (await this.isRefusedAnyhow(command)) return null;
    // With the rate in the name: a new one begins with a new budget.
    const allowance = await this.parts.limits.take(`${command.dropId}:${perMinute}`, quotaOf(perMinute));
    if (allowance.allowed || (await this.isReplay(command))) return null;
    return Math.max(1, Math.ceil(allowance.nextInMs / 1_000));
  }

  /** By the counts that shoppers see, which are some milliseconds old: the ledger decides. */
  private async isRefusedAnyhow({ dropId, lines }: PlaceHold): Promise<boolean> {
    const { directory, stock, clock } = this.parts;
    const [drop, rows] = await Promise.all([
      directory.record(dropId).catch(() => null),
      stock.ofDrop(dropId).catch(() => []),
    ]);
    if (drop && dropStateAt(drop, clock.now()) !== 'open') return true;
    return lines.some(({ sku, quantity }) => {
      const row = rows.find((it) => it.sku === sku);
      if (row) return row.available < quantity;
      // An unknown SKU, unless its counts have not arrived yet.
      return drop !== null && !drop.items.some((item) => item.sku === sku);
    });
  }

  private async isReplay({ dropId, customerId, key }: PlaceHold): Promise<boolean> {
    if (this.lookups >= LOOKUPS_MAX) return false;
    this.lookups += 1;
    try {
      const holdId = deriveHoldId({ dropId, customerId, route: `POST /v1/drops/${dropId}/holds`, key });
      return (await this.parts.holds.getHold({ holdId, customerId })) !== null;
    } catch {
      return false;
    } finally {
      this.lookups -= 1;
    }
  }
}

/** The rate, with a small burst: a quota of a whole minute would let two minutes' holds through in the first. */
export function quotaOf(perMinute: number): NamedQuota {
  const quota = Math.max(1, Math.floor(perMinute * BURST_SHARE));
  return { name: 'admission', strict: true, quota, windowSeconds: (MINUTE_SECONDS * quota) / perMinute };
}
