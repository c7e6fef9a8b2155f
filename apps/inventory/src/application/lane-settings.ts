/** Bounds of a lane. Each has its reason; tests make them smaller. */
export interface LaneSettings {
  batchMax: number;
  queueMax: number;
  deadlineMs: number;
  predictedWaitMsMax: number;
  retryDelayMsMin: number;
  retryDelayMsMax: number;
}

export const LANE_SETTINGS: LaneSettings = {
  // Beyond 256 the rate hardly grows while every command of the batch waits longer (bench/lane).
  batchMax: 256,
  // About one second of work at the measured rate on two cores; more would be refused by the predicted wait anyhow.
  queueMax: 20_000,
  // A shopper's request is answered within three seconds whatever the ledger does; the rest is for the way there and back.
  deadlineMs: 2_500,
  // Refuse at once what would very likely miss its deadline: it would cost the ledger work that nobody waits for.
  predictedWaitMsMax: 2_000,
  // A restarting server refuses connections in microseconds; without a pause the retries would be a busy loop.
  retryDelayMsMin: 20,
  retryDelayMsMax: 400,
};
