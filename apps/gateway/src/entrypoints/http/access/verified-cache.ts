const ENTRIES_MAX = 50_000; // about 37 MB; the crowd of one drop, who send the same token for 15 minutes

/**
 * Remembers what a signed text was verified to mean until it ends, so that a shopper's tenth request does not pay for the signature again.
 * Bounded: the one remembered longest goes first. Nothing refused is remembered.
 */
export class VerifiedCache<V extends { expiresAtMs: number }> {
  private readonly entries = new Map<string, V>();

  get(text: string, nowMs: number): V | undefined {
    const found = this.entries.get(text);
    if (found === undefined || found.expiresAtMs > nowMs) return found;
    this.entries.delete(text);
    return undefined;
  }

  set(text: string, value: V): void {
    if (this.entries.size >= ENTRIES_MAX) {
      const oldest = this.entries.keys().next();
      if (!oldest.done) this.entries.delete(oldest.value);
    }
    this.entries.set(text, value);
  }
}
