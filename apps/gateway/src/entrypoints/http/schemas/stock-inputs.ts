import { z } from 'zod';
import { HOLD_STATES } from '@holdfast/contracts';
import { LIMITS } from '@holdfast/kernel';
import { pageQuery, sku, storable } from './inputs';

const reason = z
  .string()
  .min(1, 'must not be empty')
  .max(LIMITS.reasonLengthMax, `must have at most ${LIMITS.reasonLengthMax} characters`)
  .refine(storable, 'contains invalid characters');

/** `POST /v1/admin/drops/{dropId}/stock-adjustments` */
export const adjustmentInput = z.strictObject({
  sku,
  delta: z.int('must be a whole number').refine((units) => units !== 0, 'must not be 0'),
  reason,
});

/** `POST /v1/admin/holds/{holdId}/release` */
export const releaseInput = z.strictObject({ reason });

/** `GET /v1/admin/drops/{dropId}/holds` */
export const dropHoldsQuery = pageQuery.extend({
  state: z.enum(HOLD_STATES, `must be one of ${HOLD_STATES.join(', ')}`).optional(),
  customerId: z
    .string('must be given once')
    .min(1, 'must not be empty')
    .max(200, 'is too long')
    .refine(storable, 'contains invalid characters')
    .optional(),
});
