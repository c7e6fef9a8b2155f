export interface VerifiedCacheBounds {
  entriesMax: number;
  /** Of all entries together, as far as they are counted: texts and what an entry costs besides. */
  bytesMax: number;
}

/** What V8 keeps for an entry besides its text: the slot in the map, the value, its strings (measured: 190 to 260 bytes). */
const ENTRY_BYTES = 300;

/**
 * Remembers what a signed text was verified to mean until it ends, so that a shopper's tenth request does not pay for the signature again.
 * Bounded in entries and bytes: the one remembered longest goes first. Nothing refused is remembered.
 */
export class VerifiedCache<V extends { expiresAtMs: number }> {
  private readonly entries = new Map<string, V>();
  private counted = 0;

  constructor(private readonly bounds: VerifiedCacheBounds) {}

  get size(): number {
    return this.entries.size;
  }

  get bytes(): number {
    return this.counted;
  }

  get(text: string, nowMs: number): V | undefined {
    const found = this.entries.get(text);
    if (found === undefined || found.expiresAtMs > nowMs) return found;
    this.forget(text);
    return undefined;
  }

  set(text: string, value: V): void {
    this.forget(text);
    const bytes = costOf(text);
    if (bytes > this.bounds.bytesMax) return;
    while (this.entries.size >= this.bounds.entriesMax || this.counted + bytes > this.bounds.bytesMax)
      this.forget(this.entries.keys().next().value!);
    this.entries.set(text, value);
    this.counted += bytes;
  }

  private forget(text: string): void {
    if (this.entries.delete(text)) this.counted -= costOf(text);
  }
}

/** Headers are Latin-1: one byte a character. */
function costOf(text: string): number {
  return ENTRY_BYTES + text.length;
}
