// What a run promises. A threshold that is crossed makes k6 end with 99; `says` is what the summary prints.

/**
 * @typedef {{ metric: string, must: string, says: string }} Promised
 * @typedef {{ holdP95Ms: number, holdP99Ms: number, droppedPercentMax: number, lateP99Ms: number }} Limits
 * @typedef {{ shoppers: number, units: number, watchers: number, limits: Limits }} Planned
 */

/** @type {(planned: Planned) => Promised[]} */
export const promises = ({ shoppers, units, watchers, limits }) => [
  // A run that did nothing keeps every other promise.
  {
    metric: 'shop_shoppers',
    must: `count>=${Math.floor(shoppers * (1 - limits.droppedPercentMax / 100))}`,
    says: 'the shoppers came',
  },
  {
    metric: 'shop_timer_late',
    must: `p(99)<=${limits.lateP99Ms}`,
    says: 'k6 itself kept up: an overloaded generator measures itself',
  },
  {
    metric: 'shop_units_out',
    must: `count<=${units}`,
    says: 'no oversell: no more units are out than there are',
  },
  {
    metric: 'shop_units_paid',
    must: `count<=${units}`,
    says: 'no oversell: no more units are paid than there are',
  },
  { metric: 'shop_server_faults', must: 'count==0', says: 'no 5xx but 503 with Retry-After' },
  { metric: 'shop_odd_answers', must: 'count==0', says: 'every answer is one that the contract knows' },
  { metric: 'shop_gave_up', must: 'count==0', says: 'who asks again with the same key gets an answer' },
  { metric: 'shop_replays_differ', must: 'count==0', says: 'same key, same answer' },
  {
    metric: 'shop_bots_tricked',
    must: 'count==0',
    says: 'no hold for a forged token or a key that was used up',
  },
  { metric: 'checks', must: 'rate>0.99', says: 'checks' },
  { metric: 'http_req_failed', must: 'rate<0.01', says: 'requests that failed' },
  {
    metric: 'shop_hold_time',
    must: `p(95)<${limits.holdP95Ms}`,
    says: 'a hold is answered soon after it was due, p95',
  },
  {
    metric: 'shop_hold_time',
    must: `p(99)<${limits.holdP99Ms}`,
    says: 'a hold is answered soon after it was due, p99',
  },
  { metric: 'shop_watched', must: `count>=${watchers}`, says: 'every watcher saw the live counts' },
  { metric: 'shop_versions_back', must: 'count==0', says: 'a version that was shown never goes back' },
  { metric: 'shop_counts_wrong', must: 'count==0', says: 'available + held + sold = total, in every event' },
  { metric: 'shop_streams_without_snapshot', must: 'count==0', says: 'a stream begins with a snapshot' },
];

/** The same as k6 wants them: metric → expressions. @type {(list: Promised[]) => Record<string, string[]>} */
export function thresholdsOf(list) {
  /** @type {Record<string, string[]>} */
  const thresholds = {};
  for (const { metric, must } of list) (thresholds[metric] ??= []).push(must);
  return thresholds;
}
