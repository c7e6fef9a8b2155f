import { ServiceUnavailable } from '@holdfast/contracts';
import { type Clock, DeadlineExceeded, withDeadline } from '@holdfast/kernel';

export interface ReadThroughOptions<V> {
  /** Named in the error when the deadline passes. */
  what: string;
  load: (key: string) => Promise<V>;
  clock: Clock;
  /** A value is read again when it is older. */
  maxAgeMs: number;
  /** Keys kept; the least recently used is evicted first. */
  entriesMax: number;
  /** About how many bytes a value takes; without it, values are bounded only by their number. */
  bytesOf?: (value: V) => number;
  /** Of all values; the newest one stays, however big it is. */
  bytesMax?: number;
  deadlineMs: number;
  /** How long a reader waits for a newer value when there is a stale one. */
  patienceMs: number;
}

interface Entry<V> {
  value: { it: V } | undefined;
  readAtMs: number;
  bytes: number;
  loading: Promise<V> | undefined;
  /** After a failed or slow read the old value is returned at once until then, so that a dead source does not slow every reader down. */
  restUntilMs: number;
}

const REST_AFTER_FAILURE_MS = 1_000;

/**
 * A bounded read-through cache that coalesces concurrent loads. While the source is unreachable it returns the last value, marked `behind`:
 * a page with counts marked as old is better than an error.
 */
export class ReadThrough<V> {
  private readonly entries = new Map<string, Entry<V>>();
  private bytes = 0;

  constructor(private readonly options: ReadThroughOptions<V>) {}

  async get(key: string): Promise<{ value: V; behind: boolean }> {
    const entry = this.touch(key);
    const now = this.options.clock.monotonicMs();
    if (entry.value) {
      if (now - entry.readAtMs < this.options.maxAgeMs) return { value: entry.value.it, behind: false };
      if (now < entry.restUntilMs) return { value: entry.value.it, behind: true };
    }
    const loading = entry.loading ?? this.load(key, entry);
    if (!entry.value) return { value: await loading, behind: false };
    try {
      const value = await withDeadline(this.options.what, this.options.patienceMs, loading);
      return { value, behind: false };
    } catch (error) {
      if (!isUnreachable(error)) throw error;
      entry.restUntilMs = this.options.clock.monotonicMs() + REST_AFTER_FAILURE_MS;
      return { value: entry.value.it, behind: true };
    }
  }

  /** The next reader loads it from the source, even if an earlier load is still in flight. */
  outdate(key: string): void {
    const entry = this.entries.get(key);
    if (!entry) return;
    entry.readAtMs = Number.NEGATIVE_INFINITY;
    entry.restUntilMs = 0;
    entry.loading = undefined;
  }

  outdateAll(): void {
    for (const key of this.entries.keys()) this.outdate(key);
  }

  private touch(key: string): Entry<V> {
    let entry = this.entries.get(key);
    if (entry) {
      this.entries.delete(key);
    } else {
      entry = {
        value: undefined,
        readAtMs: Number.NEGATIVE_INFINITY,
        bytes: 0,
        loading: undefined,
        restUntilMs: 0,
      };
      if (this.entries.size >= this.options.entriesMax) this.dropOldest();
    }
    this.entries.set(key, entry);
    return entry;
  }

  private dropOldest(): void {
    const oldest = this.entries.entries().next();
    if (oldest.done) return;
    const [key, entry] = oldest.value;
    this.entries.delete(key);
    this.bytes -= entry.bytes;
  }

  private keep(key: string, entry: Entry<V>, value: V): void {
    entry.value = { it: value };
    // Evicted during the load: return it to its waiters, do not cache it.
    if (this.entries.get(key) !== entry) return;
    const bytes = this.options.bytesOf?.(value) ?? 0;
    this.bytes += bytes - entry.bytes;
    entry.bytes = bytes;
    while (this.bytes > (this.options.bytesMax ?? Infinity) && this.entries.size > 1) {
      // The newest one is in use now, even if others were used since its load began.
      this.entries.delete(key);
      this.entries.set(key, entry);
      this.dropOldest();
    }
  }

  private load(key: string, entry: Entry<V>): Promise<V> {
    const { what, deadlineMs, clock } = this.options;
    const askedAtMs = clock.monotonicMs();
    const loading = withDeadline(what, deadlineMs, this.options.load(key)).then(
      (value) => {
        if (entry.loading !== loading) return value; // superseded during the load: return it to its waiters, do not cache it
        this.keep(key, entry, value);
        entry.readAtMs = askedAtMs;
        entry.loading = undefined;
        return value;
      },
      (error: unknown) => {
        if (entry.loading === loading) entry.loading = undefined;
        throw error;
      },
    );
    entry.loading = loading;
    return loading;
  }
}

function isUnreachable(error: unknown): boolean {
  return error instanceof ServiceUnavailable || error instanceof DeadlineExceeded;
}
