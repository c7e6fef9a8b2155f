/** The bounds of the streams for merchants' pages. Tests have their own; the product uses `LAUNCH_SETTINGS`. */
export interface LaunchSettings {
  /** Watchers of this process at once, over all merchants. */
  watchersMax: number;
  /** Bytes that may wait for one watcher beyond its snapshot before it is disconnected. */
  backlogBytesMax: number;
  /** How long a watcher may read nothing before it is disconnected. */
  stalledMsMax: number;
  /** Bytes a second for each watcher: a drop of thousands of items has fewer ticks, up to `tickSecondsMax` apart. */
  tickBytesASecond: number;
  tickSecondsMax: number;
  /** How long a reading of the figures may take; a tick without it says that it is stale. */
  readMsMax: number;
  /** How long an encoded snapshot is reused while the drop does not change. */
  snapshotAgeMsMax: number;
  /** The drop's record is read again that often, in case a message was lost. */
  rereadEveryMs: number;
}

export const LAUNCH_SETTINGS: LaunchSettings = {
  watchersMax: 2_000, // the people of merchants, not their shoppers; each costs a socket and its backlog
  backlogBytesMax: 64 * 1024, // minutes of ticks of a usual drop
  stalledMsMax: 30_000,
  tickBytesASecond: 64 * 1024, // 700 items
  tickSecondsMax: 3, // with a slow reading still less than the five seconds of the contract
  readMsMax: 1_500,
  snapshotAgeMsMax: 500,
  rereadEveryMs: 5_000,
};
