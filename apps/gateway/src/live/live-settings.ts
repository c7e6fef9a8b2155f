/** The bounds of the live streams. Tests have their own; the product uses `LIVE_SETTINGS`. */
export interface LiveSettings {
  /** Readers of this process at once. Each costs one socket and about 10 KB. */
  readersMax: number;
  /** Smallest time between two ordinary stock frames of a drop. */
  frameGapMs: number;
  heartbeatMs: number;
  /** Bytes that may wait for one reader beyond its snapshot before it is disconnected. */
  backlogBytesMax: number;
  /** How long a reader may read nothing before it is disconnected. */
  stalledMsMax: number;
  /** How long a new reader waits for counts that have not arrived yet (right after a start). */
  readyWaitMs: number;
  /** Readers written to in one turn of the event loop. */
  sliceReaders: number;
  /** How long an encoded snapshot is reused while nothing changes. */
  snapshotAgeMsMax: number;
}

export const LIVE_SETTINGS: LiveSettings = {
  readersMax: 20_000, // and never more than half of the connections that the process may have (reading.ts)
  frameGapMs: 105, // at most ten a second, even if the timer before was late
  heartbeatMs: 15_000,
  backlogBytesMax: 64 * 1024, // hundreds of frames beyond what the kernel buffers: a reader that far behind needs a snapshot
  stalledMsMax: 30_000, // two heartbeats
  readyWaitMs: 5_000, // a start replays the ledger into the view in less; a browser reconnects
  sliceReaders: 256, // about 2 ms of writes, so a hold that arrives then waits no longer
  snapshotAgeMsMax: 100, // the server's time in it stays accurate enough for a countdown
};
