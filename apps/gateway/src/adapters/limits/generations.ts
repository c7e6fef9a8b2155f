const GENERATION_MS_MIN = 60_000; // the longest window of the public limits

/** What a map keeps for an entry besides the key's characters and the value: measured, rounded up. */
const ENTRY_BYTES = 170;

/**
 * Remembers callers in two generations, so that memory is bounded without a sweep. A caller not seen for a whole window has its whole quota
 * again, so forgetting it is exact; a flood of callers makes us forget earlier, which lets through more, never less.
 */
export class Generations<V> {
  private young = new Map<string, V>();
  private youngBytes = 0;
  private old = new Map<string, V>();
  private oldBytes = 0;
  private bornMs = 0;
  private generationMs = GENERATION_MS_MIN;

  /**
   * @param bytesMax of one generation; beyond it the older one is let go early
   * @param valueBytes what one value takes
   */
  constructor(
    private readonly bytesMax: number,
    private readonly valueBytes: number,
  ) {}

  get size(): number {
    return this.young.size + this.old.size;
  }

  /** Of both generations, counted. */
  get bytes(): number {
    return this.youngBytes + this.oldBytes;
  }

  /** What is kept of this caller, moved to the young. `windowMs`: how long the caller's past matters. */
  get(caller: string, windowMs: number, nowMs: number): V | undefined {
    if (windowMs > this.generationMs) this.generationMs = windowMs;
    if (nowMs - this.bornMs >= this.generationMs) this.turn(nowMs);
    const young = this.young.get(caller);
    if (young !== undefined) return young;
    const old = this.old.get(caller);
    if (old !== undefined) this.add(caller, old, nowMs);
    return old;
  }

  /** The same, and nothing is moved. */
  find(caller: string): V | undefined {
    return this.young.get(caller) ?? this.old.get(caller);
  }

  set(caller: string, value: V, nowMs: number): void {
    if (this.young.has(caller)) this.young.set(caller, value);
    else this.add(caller, value, nowMs);
  }

  private add(caller: string, value: V, nowMs: number): void {
    const bytes = ENTRY_BYTES + this.valueBytes + 2 * caller.length;
    if (bytes > this.bytesMax) return;
    if (this.youngBytes + bytes > this.bytesMax) this.turn(nowMs);
    this.young.set(caller, value);
    this.youngBytes += bytes;
  }

  private turn(nowMs: number): void {
    this.old = this.young;
    this.oldBytes = this.youngBytes;
    this.young = new Map();
    this.youngBytes = 0;
    this.bornMs = nowMs;
  }
}
