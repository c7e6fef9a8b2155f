import type { FaultTarget } from '@holdfast/contracts';

export interface PlannedFault {
  target: FaultTarget;
  /** Since the first arrival. */
  atSecond: number;
  forMs: number;
}

const FROM = 0.3; // of the time in which shoppers arrive: the rush is under way
const SHARE = 0.4; // the rest is left to recover in
const FAULT_MS_MAX = 4_000; // a runner whose beats are missed for 10 s has lost its rehearsal
const FAULT_MS_MIN = 1_000;

/** One fault after the other, in the middle of the rush. */
export function planFaults(targets: readonly FaultTarget[], seconds: number): PlannedFault[] {
  const each = (seconds * SHARE) / Math.max(1, targets.length);
  const forMs = Math.min(FAULT_MS_MAX, Math.max(FAULT_MS_MIN, Math.round(each * 500)));
  return targets.map((target, i) => ({ target, atSecond: Math.floor(seconds * FROM + i * each), forMs }));
}
