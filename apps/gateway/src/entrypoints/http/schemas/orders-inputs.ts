import { z } from 'zod';
import { ORDER_STATES, SEARCH_LENGTH_MAX } from '@holdfast/contracts';
import { pageQuery, storable } from './inputs';

/** `GET /v1/admin/drops/{dropId}/orders` */
export const dropOrdersQuery = pageQuery.extend({
  state: z.enum(ORDER_STATES, `must be one of ${ORDER_STATES.join(', ')}`).optional(),
  q: z
    .string('must be given once')
    .max(SEARCH_LENGTH_MAX, `must have at most ${SEARCH_LENGTH_MAX} characters`)
    .refine(storable, 'contains invalid characters')
    .optional()
    .describe('An order ID, e-mail address or customer ID, or its beginning.'),
});

/** `GET /v1/admin/orders` */
export const ordersQuery = dropOrdersQuery.extend({
  dropId: z.string('must be given once').min(1, 'must not be empty').max(200, 'is too long').optional(),
});
