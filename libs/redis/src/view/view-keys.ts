/**
 * The keys of the stock view in Redis. One hash a drop: a field for each SKU with its row, and the empty
 * field with the position (see `decodeImage`). `hf1` is the version of the layout.
 */
export const stockKey = (dropId: string): string => `hf1:{${dropId}}:view`;

/**
 * Exists while some projector confirms that the view keeps up; its value is the time confirmed last, RFC 3339
 * UTC.
 */
export const LEASE_KEY = 'hf1:{view}:lease';

/**
 * One channel for all drops: plain pub/sub reaches the subscribers of every node of a cluster, a gateway
 * needs one subscription, and a projector's messages arrive in order. A busy drop has tens of messages a
 * second, whatever its number of holds.
 */
export const VIEW_CHANNEL = 'hf1:live';

// Their slots are spread evenly (516, 1541, 2563 … of 16,384), so every node with a sixteenth of the slots
// side by side keeps one.
const MARK_TAGS =
  'm3140 m3050 m836 m926 m3500 m3410 m1916 m1806 m960 m870 m1180 m1090 m3676 m3766 m2841 m2951'.split(' ');

/** Keys that reveal a server's loss of data: each node of a cluster must keep one. */
export function markKeys(isCluster: boolean): string[] {
  return (isCluster ? MARK_TAGS : MARK_TAGS.slice(0, 1)).map((tag) => `hf1:{${tag}}:mark`);
}

/** Marks a running reload; in the mark's slot, so on its node. */
export function noteKey(markKey: string, load: string): string {
  return `${markKey}:${load}`;
}
