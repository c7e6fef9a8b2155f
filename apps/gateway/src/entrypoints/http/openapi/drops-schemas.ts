import { z } from 'zod';
import { admissionSchema, time } from '@holdfast/contracts';
import { dropSummaryWithCounts, dropWithCounts } from './schemas';

export const admission = admissionSchema.meta({ id: 'Admission' });

const own = {
  revision: z.int().describe('Grows with each change of the drop; also its `ETag`.'),
  admission: admission.describe('How many new holds a minute the drop takes; null: as many as come.'),
  createdAt: time,
  ghostOf: z.string().nullable().describe('The drop of which this one is the copy for a rehearsal.'),
};

export const adminDrop = dropWithCounts.extend(own).meta({ id: 'AdminDrop' });

export const adminDropSummary = dropSummaryWithCounts.extend(own).meta({ id: 'AdminDropSummary' });

export const DROPS_COMPONENTS = [adminDrop, adminDropSummary, admission] as const;
