/** The bounds of the live streams, each with its reason. Tests bring their own; the product uses `LIVE_SETTINGS`. */
export interface LiveSettings {
  /** Readers of this process at once. Each costs one socket and about 10 KB. */
  readersMax: number;
  /** Smallest time between two ordinary stock frames of a drop. */
  frameGapMs: number;
  heartbeatMs: number;
  /** Bytes that may wait for one reader beyond its snapshot before it is dropped. */
  backlogBytesMax: number;
  /** How long a reader may take nothing at all before it is dropped. */
  stalledMsMax: number;
  /** How long a new reader waits for counts that have not arrived yet (right after a start). */
  readyWaitMs: number;
  /** Readers written to before the event loop gets a turn. */
  sliceReaders: number;
  /** How long an encoded snapshot serves all who arrive together, while nothing changes. */
  snapshotAgeMsMax: number;
}

export const LIVE_SETTINGS: LiveSettings = {
  readersMax: 20_000, // and never more than half of the connections that the process may have (live.providers.ts)
  frameGapMs: 105, // ten a second at most, with room for a late timer before it
  heartbeatMs: 15_000,
  backlogBytesMax: 64 * 1024, // hundreds of frames beyond what the kernel buffers: who is that far behind needs a snapshot
  stalledMsMax: 30_000, // two heartbeats
  readyWaitMs: 5_000, // a start replays the ledger into the view in less; a browser comes back by itself
  sliceReaders: 256, // about 2 ms of writes, so a hold that arrives meanwhile waits no longer
  snapshotAgeMsMax: 100, // the server's time in it stays good enough for a countdown
};
