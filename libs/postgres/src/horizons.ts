import { setTimeout as pause } from 'node:timers/promises';

interface Known {
  /** The last horizon: whatever is before it is complete for ever. */
  last?: string;
  running?: Promise<string>;
  /** Begins later: for all who ask until then. */
  next?: Promise<string>;
  freeAtMs: number;
}

const GAP_MS = 250;
const KEYS_MAX = 1_000;

/**
 * Horizons of lists that are read in the order of time while they are written: texts that are in the order of the times. To find one takes a lock
 * for a moment, which writers wait for: so this finds one at a time for each list, with a pause between two of them, for all who ask meanwhile, and
 * none at all for who reads what is older than the last.
 */
export class Horizons {
  private readonly lists = new Map<string, Known>();

  /** `gapMs`: from the end of a look to the begin of the next one of the same list. */
  constructor(private readonly gapMs = GAP_MS) {}

  /** Reads up to a horizon that is not older than this call, or as much as the caller can take of what is before an older one. */
  async read<Part extends { isLast: boolean }>(
    key: string,
    find: () => Promise<string>,
    read: (horizon: string) => Promise<Part>,
  ): Promise<Part> {
    const list = this.listOf(key);
    if (list.last !== undefined) {
      const part = await read(list.last);
      if (!part.isLast) return part;
    }
    return read(await (list.next ??= this.find(list, find)));
  }

  private async find(list: Known, find: () => Promise<string>): Promise<string> {
    // One that has begun may be older than who asks now.
    await list.running?.catch(() => undefined);
    const waitMs = list.freeAtMs - performance.now();
    if (waitMs > 0) await pause(waitMs);
    list.next = undefined;
    list.running = find();
    try {
      const found = await list.running;
      // One that was found without the lock may be before the last.
      if (list.last === undefined || found > list.last) list.last = found;
      return list.last;
    } finally {
      list.running = undefined;
      list.freeAtMs = performance.now() + this.gapMs;
    }
  }

  private listOf(key: string): Known {
    const known = this.lists.get(key) ?? { freeAtMs: 0 };
    this.lists.delete(key);
    this.lists.set(key, known);
    // The one that was asked for longest ago.
    if (this.lists.size > KEYS_MAX) this.lists.delete(this.lists.keys().next().value!);
    return known;
  }
}
