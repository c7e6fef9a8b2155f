import { z } from 'zod';
import { pageQuery, storable } from './inputs';

/** `GET /v1/admin/audit` */
export const auditQuery = pageQuery.extend({
  action: z
    .string('must be given once')
    .regex(/^[a-z]{1,30}\.[a-z]{1,30}$/, 'must be an action such as drop.paused')
    .optional(),
  targetId: z
    .string('must be given once')
    .min(1, 'must not be empty')
    .max(200, 'is too long')
    .refine(storable, 'contains invalid characters')
    .optional(),
});
