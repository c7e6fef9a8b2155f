/** A seeded random source (mulberry32): the same seed sends the same shoppers. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Picks by weight: what there is more of is asked for more often. With all weights 0 any is as good as another. */
export function weightedPicker<T>(
  items: readonly T[],
  weightOf: (item: T) => number,
  random: () => number,
): () => T {
  const ends: number[] = [];
  let sum = 0;
  for (const item of items) ends.push((sum += Math.max(0, weightOf(item))));
  return () => {
    if (sum === 0) return items[Math.floor(random() * items.length)]!;
    const at = random() * sum;
    let low = 0;
    let high = ends.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ends[middle]! > at) high = middle;
      else low = middle + 1;
    }
    return items[low]!;
  };
}
