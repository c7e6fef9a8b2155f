// k6 reads this file as it is: it must not import anything.

/** A shopper and when they are due, in ms since the first second began. */
export interface Due {
  index: number;
  dueMs: number;
}

/**
 * When each shopper is due, and how shoppers are sent in groups: one virtual user of k6 serves a group, because its
 * memory (about 1 MB) is the same for ten shoppers as for one.
 */
export class Schedule {
  /** Groups that are due in each second. */
  readonly groups: readonly number[];
  private readonly arrivals: readonly number[];
  private readonly groupSize: number;
  private readonly shoppersUntil: readonly number[];
  private readonly groupsUntil: readonly number[];

  /** `arrivals`: shoppers by second. */
  constructor(arrivals: readonly number[], groupSize: number) {
    this.arrivals = arrivals;
    this.groupSize = groupSize;
    this.groups = arrivals.map((shoppers) => Math.ceil(shoppers / groupSize));
    this.shoppersUntil = runningSums(arrivals);
    this.groupsUntil = runningSums(this.groups);
  }

  get shoppers(): number {
    return this.shoppersUntil.at(-1) ?? 0;
  }

  /** The shoppers of a group, in order; none for a group behind the last. `chance` of a shopper is in [0, 1). */
  group(number: number, chance: (index: number) => number): Due[] {
    const second = firstAbove(this.groupsUntil, number);
    if (second === this.groups.length) return [];
    const before = second === 0 ? 0 : this.shoppersUntil[second - 1]!;
    const inSecond = this.arrivals[second]!;
    const first = (number - (second === 0 ? 0 : this.groupsUntil[second - 1]!)) * this.groupSize;
    const size = Math.min(this.groupSize, inSecond - first);
    return Array.from({ length: size }, (_, i) => {
      const index = before + first + i;
      // One in each of as many equal parts of the second, somewhere in it: neither a drum beat nor a heap.
      return { index, dueMs: (second + (first + i + chance(index)) / inSecond) * 1_000 };
    });
  }
}

function runningSums(values: readonly number[]): number[] {
  let all = 0;
  return values.map((value) => (all += value));
}

/** The first place whose value is above `value`; the length when there is none. */
function firstAbove(sorted: readonly number[], value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
