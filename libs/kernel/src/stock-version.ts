/**
 * The version of a stock row: the epoch grows with each restore or promotion, the version with each change
 * within an epoch.
 */
export interface StockVersion {
  epoch: number;
  version: number;
}

// Leaves 2^13 epochs below 2^53, so the public number is an exact integer in JSON.
const VERSIONS_PER_EPOCH = 2 ** 40;

/** One increasing integer for clients: epoch in the high bits, version in the low ones. */
export function publicVersion({ epoch, version }: StockVersion): number {
  return epoch * VERSIONS_PER_EPOCH + version;
}

/**
 * True if `a` is newer than `b`. The only valid order between two images of a row: log positions can go back.
 */
export function isNewer(a: StockVersion, b: StockVersion): boolean {
  return a.epoch > b.epoch || (a.epoch === b.epoch && a.version > b.version);
}
