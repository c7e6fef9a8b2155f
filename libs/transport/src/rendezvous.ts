/**
 * Highest random weight: each pair of key and peer has a weight, and the key belongs to the peer with the
 * highest. If a peer leaves, only its own keys move; one that joins takes an equal share from each. No shared
 * ring or table is needed.
 * Source: Thaler and Ravishankar, "Using Name-Based Mappings to Increase Hit Rates", 1998.
 */
export class Rendezvous<P> {
  private readonly seats: { peer: P; name: string; seed: number }[];

  /** `nameOf` must return the same name in every process. */
  constructor(peers: readonly P[], nameOf: (peer: P) => string) {
    this.seats = peers.map((peer) => ({ peer, name: nameOf(peer), seed: mixed(hashOf(nameOf(peer))) }));
  }

  /** The first usable peer in the key's order. On the hot path, so it does not sort. */
  find(key: string, can: (peer: P) => boolean): P | undefined {
    const hash = hashOf(key);
    let best: { peer: P; name: string; seed: number } | undefined;
    let most = -1;
    for (const seat of this.seats) {
      if (!can(seat.peer)) continue;
      const weight = mixed(hash ^ seat.seed);
      if (weight > most || (weight === most && seat.name < best!.name)) {
        best = seat;
        most = weight;
      }
    }
    return best?.peer;
  }

  /** All peers: the key's home, then its successors. */
  order(key: string): P[] {
    const hash = hashOf(key);
    return this.seats
      .map(({ peer, name, seed }) => ({ peer, name, weight: mixed(hash ^ seed) }))
      .sort((a, b) => b.weight - a.weight || (a.name < b.name ? -1 : 1))
      .map(({ peer }) => peer);
  }
}

/** The home of a key among peers given by name. */
export function rendezvous(key: string, peers: readonly string[]): string | undefined {
  return new Rendezvous(peers, (name) => name).order(key)[0];
}

/** FNV-1a, 32 bits: takes nanoseconds for short keys. Not for secrets. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/**
 * The finalizer of MurmurHash3: each input bit changes half of the output bits on average, which FNV alone
 * does not achieve.
 */
function mixed(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
