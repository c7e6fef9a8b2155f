import type { BackoffRange } from '@holdfast/kernel';

/** Limits of a lane; tests use smaller ones. */
export interface LaneSettings {
  batchMax: number;
  queueMax: number;
  /** Commands of merchants. */
  ofMerchantsMax: number;
  deadlineMs: number;
  predictedWaitMsMax: number;
  retry: BackoffRange;
}

export const LANE_SETTINGS: LaneSettings = {
  // Beyond 256 the rate hardly grows, but every command of the batch waits longer (bench/lane).
  batchMax: 256,
  // About one second of work at the rate measured on two cores; more would be refused by the predicted wait
  // anyway.
  queueMax: 20_000,
  // Each is a batch of its own, of 2 to 3 ms, and shoppers have every second batch: about a second.
  ofMerchantsMax: 256,
  // A shopper's request is always answered within three seconds; the rest is for the network.
  deadlineMs: 2_500,
  // Commands that would probably miss their deadline are refused at once, to save the ledger useless work.
  predictedWaitMsMax: 2_000,
  // A restarting server refuses connections at once; without a delay the retries would be a busy loop.
  retry: { firstMs: 20, maxMs: 400 },
};
