import { z } from 'zod';
import { type SeriesStep, STEP_SECONDS } from '@holdfast/contracts';

const STEPS = Object.keys(STEP_SECONDS) as [SeriesStep, ...SeriesStep[]];
// PostgreSQL and JavaScript write other years in other ways.
const isWithin = (text: string) => Date.parse(text) >= 0 && new Date(text).getUTCFullYear() < 9999;
const moment = z.iso
  .datetime({ offset: true, error: 'must be an RFC 3339 time, such as 2026-12-01T10:00:00Z' })
  .refine(isWithin, 'must be in the years 1970 to 9998');

/** `GET /v1/admin/drops/{dropId}/series` */
export const seriesQuery = z.object({
  from: moment.optional(),
  to: moment.optional(),
  step: z.enum(STEPS, `must be one of ${STEPS.join(', ')}`).optional(),
});
