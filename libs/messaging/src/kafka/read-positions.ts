/** How far one partition has been applied, and where it ended when it was last read. */
interface Partition {
  next: bigint;
  end: bigint;
}

interface Waiting<Beat> {
  beat: Beat;
  /** By node, the fetch that must begin before the ends at the heartbeat's arrival are known. */
  rounds: Map<number, number>;
  /** What must be applied first, once it is known. */
  ends: Map<string, bigint> | null;
}

// A node without fetches for this long has left the cluster, and nothing waits for it.
const NODE_FORGOTTEN_MS = 10_000;
const BEATS_WAITING_MAX = 1_000; // minutes of them; a later one settles those left out

/**
 * A heartbeat may overtake earlier changes, which are in other partitions. It is settled when everything is
 * applied that was in Kafka when it arrived: one more fetch of each node shows how far that is, and then the
 * positions have to get there.
 */
export class ReadPositions<Beat> {
  private readonly partitions = new Map<string, Partition>();
  private readonly fetches = new Map<number, { begun: number; at: number }>();
  private waiting: Waiting<Beat>[] = [];

  constructor(
    private readonly onSettled: (beat: Beat) => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** A fetch from a node begins: all records of its previous fetch have been applied. */
  fetchBegins(node: number): void {
    const now = this.now();
    this.fetches.set(node, { begun: (this.fetches.get(node)?.begun ?? 0) + 1, at: now });
    for (const [id, { at }] of this.fetches) if (now - at > NODE_FORGOTTEN_MS) this.fetches.delete(id);
    this.settle();
  }

  /**
   * A batch has been applied: `next` is the offset to continue from, `end` the partition's end when the batch
   * was read.
   */
  applied(topic: string, partition: number, next: bigint, end: bigint): void {
    const address = `${topic}/${partition}`;
    this.partitions.set(address, { next, end });
    // A truncated or recreated partition never reaches its former end.
    for (const { ends } of this.waiting) if (ends && (ends.get(address) ?? end) > end) ends.set(address, end);
    this.settle();
  }

  /**
   * The group has rebalanced, and every partition starts again from its committed offset. Earlier positions
   * are void: another member may have continued with a partition, or Kafka may have lost it. The next
   * heartbeat comes soon.
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

  /** The next offset of a partition; null before its first batch. */
  next(topic: string, partition: number): bigint | null {
    return this.partitions.get(`${topic}/${partition}`)?.next ?? null;
  }

  /**
   * The offsets to commit: only of partitions read since the last rebalance, which are still this member's.
   */
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
