/** Bounds of what clients may do with connections, each with its reason. Tests bring their own; the product uses `CONNECTION_SETTINGS`. */
export interface ConnectionSettings {
  /** Connections of one address at once. */
  ofAddressMax: number;
  /** How long a request may take to arrive. */
  completeMs: number;
  /** How long an idle connection is kept for its next request. */
  idleMs: number;
  /** How long a connection that was refused may take to read why. */
  refusedMs: number;
  /** How long a client may take nothing of an answer that waits for it. */
  unreadMs: number;
  /** Bytes of answers that may wait for slow clients, of all connections together. */
  unreadBytesMax: number;
  /** Requests that may stand behind one another on a connection. */
  pipelinedMax: number;
  /** How often the connections are looked through. */
  lookEveryMs: number;
}

export const CONNECTION_SETTINGS: ConnectionSettings = {
  ofAddressMax: 200, // the contract; many shoppers may share one address
  completeMs: 10_000, // the contract: slower is 408
  idleMs: 20_000, // longer than nginx keeps one (15 s): who closes first must not be who may still get a request
  refusedMs: 1_000, // enough for a round trip round the world, three times
  unreadMs: 30_000, // a phone that lost its network for a moment goes on; as patient as live counts are
  unreadBytesMax: 64 * 1024 * 1024, // a quarter of the smallest heap that we run with
  pipelinedMax: 16, // browsers send one at a time; some load tools send ten
  lookEveryMs: 1_000,
};
