/** How far one partition has been applied, and how far it reached when it was last read. */
interface Partition {
  next: bigint;
  end: bigint;
}

interface Waiting<Beat> {
  beat: Beat;
  /** Fetches that must have begun, by node, before the ends are known that were there when the beat came. */
  rounds: Map<number, number>;
  /** What must be applied first, once that is known. */
  ends: Map<string, bigint> | null;
}

const NODE_FORGOTTEN_MS = 10_000; // of a node that no longer fetches: it has left the cluster, and nothing waits for it
const BEATS_WAITING_MAX = 1_000; // minutes of them; those left out are settled by the next one that is not

/**
 * A heartbeat may overtake the changes of before it, for they travel in other partitions. It is settled when everything is applied that was in
 * Kafka when it came: one more fetch of each node tells how far that is, and then the positions have to get there.
 */
export class ReadPositions<Beat> {
  private readonly partitions = new Map<string, Partition>();
  private readonly fetches = new Map<number, { begun: number; at: number }>();
  private waiting: Waiting<Beat>[] = [];

  constructor(
    private readonly onSettled: (beat: Beat) => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** A node is asked for more. All that its previous fetch brought has been applied. */
  fetchBegins(node: number): void {
    const now = this.now();
    this.fetches.set(node, { begun: (this.fetches.get(node)?.begun ?? 0) + 1, at: now });
    for (const [id, { at }] of this.fetches) if (now - at > NODE_FORGOTTEN_MS) this.fetches.delete(id);
    this.settle();
  }

  /** A batch has been applied: `next` is the offset to go on from, `end` the first one that was not yet written when it was read. */
  applied(topic: string, partition: number, next: bigint, end: bigint): void {
    const address = `${topic}/${partition}`;
    this.partitions.set(address, { next, end });
    // A partition that was cut off, or made anew, never gets to where it ended once.
    for (const { ends } of this.waiting) if (ends && (ends.get(address) ?? end) > end) ends.set(address, end);
    this.settle();
  }

  /**
   * The group has shared out its partitions anew, and all begin again from what is committed. Whatever was read before says nothing any more: another
   * member may have gone on with a partition since, or Kafka have lost it. The next beat comes soon.
   */
  joined(): void {
    this.partitions.clear();
    this.waiting = [];
  }

  beatCame(beat: Beat): void {
    if (this.waiting.length >= BEATS_WAITING_MAX) return;
    const rounds = new Map([...this.fetches].map(([node, { begun }]) => [node, begun + 2]));
    this.waiting.push({ beat, rounds, ends: null });
  }

  /** Where a partition stands; null before its first batch. */
  next(topic: string, partition: number): bigint | null {
    return this.partitions.get(`${topic}/${partition}`)?.next ?? null;
  }

  /** The offsets to be committed: of partitions that were read since the group was joined, so they are still this member's. */
  positions(): { topic: string; partition: number; offset: string }[] {
    return [...this.partitions].map(([address, { next }]) => {
      const cut = address.lastIndexOf('/');
      return {
        topic: address.slice(0, cut),
        partition: Number(address.slice(cut + 1)),
        offset: String(next),
      };
    });
  }

  private settle(): void {
    while (this.waiting[0] && this.isSettled(this.waiting[0])) this.onSettled(this.waiting.shift()!.beat);
  }

  private isSettled(it: Waiting<Beat>): boolean {
    if (it.ends === null) {
      for (const [node, begun] of it.rounds) {
        const fetches = this.fetches.get(node);
        if (fetches && fetches.begun < begun) return false;
      }
      it.ends = new Map([...this.partitions].map(([address, { end }]) => [address, end]));
    }
    for (const [address, end] of it.ends) {
      if (this.partitions.get(address)!.next < end) return false;
      it.ends.delete(address);
    }
    return true;
  }
}
