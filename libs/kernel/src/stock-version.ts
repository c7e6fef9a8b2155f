/** Where a stock row stands in its history: the epoch grows on restore or promotion, the version with each change within it. */
export interface StockVersion {
  epoch: number;
  version: number;
}

const VERSIONS_PER_EPOCH = 2 ** 40; // leaves 2^13 epochs below 2^53, so the public number stays an exact integer in JSON

/** One integer that only ever grows, for clients: the epoch above, the version below. */
export function publicVersion({ epoch, version }: StockVersion): number {
  return epoch * VERSIONS_PER_EPOCH + version;
}

/** True when `a` is a later state than `b`. The only order between two images of a row: log positions can run backwards. */
export function isNewer(a: StockVersion, b: StockVersion): boolean {
  return a.epoch > b.epoch || (a.epoch === b.epoch && a.version > b.version);
}
