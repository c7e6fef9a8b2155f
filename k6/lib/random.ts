/** A seeded random source (mulberry32). Each shopper has one of their own, so that which machine is how fast changes nobody's choices. */
export function randomOf(seed: number, index: number): () => number {
  let state = (seed ^ Math.imul(index + 1, 0x9e3779b9)) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** One of the items, by weight. With all weights 0 any is as good as another. */
export function pickWeighted<T>(
  items: readonly T[],
  weightOf: (item: T) => number,
  random: () => number,
): T | undefined {
  const sum = items.reduce((all, item) => all + Math.max(0, weightOf(item)), 0);
  if (sum === 0) return items[Math.floor(random() * items.length)];
  let at = random() * sum;
  for (const item of items) {
    at -= Math.max(0, weightOf(item));
    if (at < 0) return item;
  }
  return items[items.length - 1];
}
