const GENERATION_MS_MIN = 60_000; // the longest window of the public limits

/**
 * Remembers callers in two generations, so that memory is bounded without a sweep. A caller not seen for a whole window has its whole quota
 * again, so forgetting it is exact; a flood of callers makes us forget earlier, which lets through more, never less.
 */
export class Generations<V> {
  private young = new Map<string, V>();
  private old = new Map<string, V>();
  private bornMs = 0;
  private generationMs = GENERATION_MS_MIN;

  /** @param callersMax of one generation; beyond it the older one is let go early */
  constructor(private readonly callersMax: number) {}

  get size(): number {
    return this.young.size + this.old.size;
  }

  /** What is kept of this caller, moved to the young. `windowMs`: how long the caller's past matters. */
  get(caller: string, windowMs: number, nowMs: number): V | undefined {
    if (windowMs > this.generationMs) this.generationMs = windowMs;
    if (nowMs - this.bornMs >= this.generationMs || this.young.size >= this.callersMax) this.turn(nowMs);
    const young = this.young.get(caller);
    if (young !== undefined) return young;
    const old = this.old.get(caller);
    if (old !== undefined) this.young.set(caller, old);
    return old;
  }

  set(caller: string, value: V): void {
    this.young.set(caller, value);
  }

  private turn(nowMs: number): void {
    this.old = this.young;
    this.young = new Map();
    this.bornMs = nowMs;
  }
}
