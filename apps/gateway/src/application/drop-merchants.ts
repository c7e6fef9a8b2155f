/** A merchant's id and a drop's are at most 64 characters: about 3 MB. A drop that was forgotten is read once more. */
const KNOWN_MAX = 10_000;
/** Reads in flight; a drop beyond them is asked for at its next request. */
const ASKED_MAX = 50;

/**
 * Which merchant a drop belongs to, as far as this gateway has seen it. It never changes, so it is looked up in
 * memory and no request waits for it: the first ones of a drop are served before it is known.
 */
export class DropMerchants {
  private readonly known = new Map<string, string>();
  private readonly asked = new Set<string>();

  /** @param read reads a drop and tells `seen` of it */
  constructor(private readonly read: (dropId: string) => Promise<unknown>) {}

  of(dropId: string): string | undefined {
    return this.known.get(dropId);
  }

  /** Number of drops in memory. */
  get size(): number {
    return this.known.size;
  }

  seen(dropId: string, merchantId: string): void {
    if (this.known.has(dropId)) return;
    if (this.known.size >= KNOWN_MAX) this.known.delete(this.known.keys().next().value!);
    this.known.set(dropId, merchantId);
  }

  /** Reads whose drop it is, in the background. Only for drops that exist: an id that was invented must cost nothing. */
  learn(dropId: string): void {
    if (this.known.has(dropId) || this.asked.has(dropId) || this.asked.size >= ASKED_MAX) return;
    this.asked.add(dropId);
    const done = () => void this.asked.delete(dropId);
    this.read(dropId).then(done, done);
  }
}
