import { z } from 'zod';
import { dropStatsSchema, moneySchema, seriesPointSchema, STEP_SECONDS } from '@holdfast/contracts';
import { seriesQuery } from '../schemas/figures-inputs';
import type { Operation } from './operation';

const counts = z.record(z.string(), z.int());

const stats = dropStatsSchema
  .omit({ currency: true })
  .extend({
    orders: counts.describe('By state.'),
    revenue: z.object({ captured: moneySchema, refunded: moneySchema, net: moneySchema }),
    conversion: z.number().min(0).max(1).describe('Confirmed holds among those placed.'),
  })
  .meta({ id: 'DropStats' });

const point = seriesPointSchema
  .extend({ paid: z.int(), failed: z.int(), p99Ms: z.number() })
  .meta({ id: 'SeriesPoint' });

const series = z.object({
  step: z.enum(Object.keys(STEP_SECONDS) as ['1s']),
  from: z.iso.datetime(),
  points: z.array(point),
});

export const FIGURES_COMPONENTS = [stats, point] as const;

const LIVE = `Server-Sent Events; read them with \`fetch\`, because the access token travels in a header.
- \`snapshot\`, first: \`{ "drop": AdminDrop, "stats": DropStats }\`.
- \`tick\`, about once a second and at least every five: \`{ "asOf", "items": [{ "sku", "total", "available", "held", "sold" }], "rates": { "arrivals", "holds", "refusals": { "<code>": n }, "paid", "failed" }, "readers", "p99Ms", "sourceLagMs", "stale" }\`. Rates are per second, over the seconds since the last tick, of all gateways together, and about two seconds old. \`stale\`: the source of counts or figures is behind; \`asOf\` is then the time of the counts.
- \`drop\`: the \`AdminDrop\`, when its state, schedule, items or texts have changed.
- \`end\`: \`{ "reason" }\`, before the stream closes because the caller may no longer read: \`revoked\` (at most five seconds after it was), \`expired\` (the time of the access token or the API key is over: refresh it and connect again), \`unknown\` (whether it was revoked cannot be known now) or \`deleted\` (the drop).`;

/** What happened in a drop. */
export const FIGURES_OPERATIONS: readonly Operation[] = [
  {
    method: 'get',
    path: '/v1/admin/drops/{dropId}/stats',
    id: 'getDropStats',
    tag: 'Merchant',
    summary: 'Read the figures of a drop',
    description:
      'Holds and orders are exact; refusals are the answers to placing a hold, at most two seconds old.',
    success: { 200: { description: 'The figures.', content: stats } },
    refusals: ['not-found'],
  },
  {
    method: 'get',
    path: '/v1/admin/drops/{dropId}/series',
    id: 'getDropSeries',
    tag: 'Merchant',
    summary: 'Read the figures of a drop by steps of time',
    description:
      'Points stand on whole steps, at most 10,000 of them. Without `from` and `to` it is the whole life of the drop, without `step` the finest that fits. Readers are those at the moment of the step with most. What gateways answered is kept by the second for a week and by the minute after that: in finer steps an old minute stands at its beginning.',
    query: seriesQuery,
    success: { 200: { description: 'A point for each step.', content: series } },
    refusals: ['invalid-request', 'not-found'],
  },
  {
    method: 'get',
    path: '/v1/admin/drops/{dropId}/live',
    id: 'watchLaunch',
    tag: 'Merchant',
    summary: 'Watch a launch',
    description: LIVE,
    success: { 200: { description: 'An event stream.', content: 'text/event-stream' } },
    refusals: ['not-found', 'temporary-reduced-capacity'],
  },
];
