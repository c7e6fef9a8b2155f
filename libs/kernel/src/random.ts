// k6 runs this file as it is: it must not import anything.

/** A seeded random source (mulberry32): the same seed gives the same numbers, in [0, 1). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * A random source for the `index`-th of many, e.g. shoppers: each has their own, so that the speed of a machine
 * changes nobody's choices.
 */
export function seededRandomOf(seed: number, index: number): () => number {
  return seededRandom(seed ^ Math.imul(index + 1, 0x9e3779b9));
}

/** A shuffled copy (Fisher–Yates). */
export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const copy = [...items];
  for (let i = copy.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1));
    [copy[i], copy[j]] = [copy[j]!, copy[i]!];
  }
  return copy;
}

/**
 * Picks an item by weight. If all weights are 0, all items are equally likely; undefined for an empty list.
 */
export function weightedPicker<T>(
  items: readonly T[],
  weightOf: (item: T) => number,
  random: () => number,
): () => T | undefined {
  const ends: number[] = [];
  let sum = 0;
  for (const item of items) ends.push((sum += Math.max(0, weightOf(item))));
  return () => {
    if (sum === 0) return items[Math.floor(random() * items.length)];
    const at = random() * sum;
    let low = 0;
    let high = ends.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ends[middle]! > at) high = middle;
      else low = middle + 1;
    }
    return items[low];
  };
}
