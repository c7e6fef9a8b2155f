import { z } from 'zod';
import { pageOf, time, timelineEntrySchema } from '@holdfast/contracts';
import { timelineQuery } from '../schemas/timeline-inputs';
import type { Operation } from './operation';

const entry = timelineEntrySchema
  .omit({ key: true })
  .extend({
    id: z.string(),
    at: time,
    quantity: z.int().nullable().describe('Units; of `stock.adjusted` those added, negative: removed.'),
    sku: z
      .string()
      .nullable()
      .describe('A hold has an entry for each SKU; an order one, with the SKU if it has only one.'),
    outcome: z.string().nullable().describe('The state that the hold or order had then.'),
  })
  .meta({ id: 'TimelineEntry' });

export const TIMELINE_COMPONENTS = [entry] as const;

export const TIMELINE_OPERATIONS: readonly Operation[] = [
  {
    method: 'get',
    path: '/v1/admin/drops/{dropId}/timeline',
    id: 'listTimeline',
    tag: 'Merchant',
    summary: 'List what happened in a drop, oldest first',
    description:
      'Holds and their ends, orders and theirs, changes of the drop and of its stock; refusals are counted in `stats` and `series`. Read page by page, no entry comes twice or is left out, also while new ones are added: a page ends where an earlier entry could still be committed, usually milliseconds ago. With a filter a page may be short or empty and have a `nextCursor`. Holds that were purged, 30 days after they were released or expired, are gone from it.',
    query: timelineQuery,
    success: { 200: { description: 'A page of results.', content: pageOf(entry) } },
    refusals: ['invalid-request', 'not-found'],
  },
];
