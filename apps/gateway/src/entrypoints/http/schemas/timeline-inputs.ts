import { z } from 'zod';
import { TIMELINE_KINDS } from '@holdfast/contracts';
import { pageQuery } from './inputs';
import { dropHoldsQuery } from './stock-inputs';

/** `GET /v1/admin/drops/{dropId}/timeline` */
export const timelineQuery = pageQuery.extend({
  customerId: dropHoldsQuery.shape.customerId,
  kind: z.enum(TIMELINE_KINDS, `must be one of ${TIMELINE_KINDS.join(', ')}`).optional(),
});
