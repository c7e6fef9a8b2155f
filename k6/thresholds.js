// What a run promises. A threshold that is crossed makes k6 end with 99; `says` is what the summary prints.

/**
 * @typedef {{ metric: string, must: string, says: string }} Promised
 * @typedef {{ shoppers: number, units: number, watchers: number, holdP95Ms: number, holdP99Ms: number, droppedPercentMax: number }} Planned
 */

/** @type {(planned: Planned) => Promised[]} */
export const promises = ({ shoppers, units, watchers, holdP95Ms, holdP99Ms, droppedPercentMax }) => [
  // A run that did nothing keeps every other promise.
  {
    metric: 'shop_shoppers',
    must: `count>=${Math.floor(shoppers * (0.98 - droppedPercentMax / 100))}`,
    says: 'the shoppers came',
  },
  {
    metric: 'dropped_iterations',
    must: `count<=${Math.ceil((shoppers * droppedPercentMax) / 100)}`,
    says: 'k6 itself kept up: an overloaded generator looks like a fast product',
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
  { metric: 'checks', must: 'rate>0.99', says: 'checks' },
  { metric: 'http_req_failed', must: 'rate<0.01', says: 'requests that failed' },
  {
    metric: 'http_req_duration{name:hold}',
    must: `p(95)<${holdP95Ms}`,
    says: 'a hold is answered soon, p95',
  },
  {
    metric: 'http_req_duration{name:hold}',
    must: `p(99)<${holdP99Ms}`,
    says: 'a hold is answered soon, p99',
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
