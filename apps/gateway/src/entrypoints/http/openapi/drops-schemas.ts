import { z } from 'zod';
import { time } from '@holdfast/contracts';
import { dropSummaryWithCounts, dropWithCounts } from './schemas';

const own = {
  revision: z.int().describe('Grows with each change of the drop; also its `ETag`.'),
  createdAt: time,
  ghostOf: z.string().nullable().describe('The drop of which this one is the copy for a rehearsal.'),
};

export const adminDrop = dropWithCounts.extend(own).meta({ id: 'AdminDrop' });

export const adminDropSummary = dropSummaryWithCounts.extend(own).meta({ id: 'AdminDropSummary' });

export const DROPS_COMPONENTS = [adminDrop, adminDropSummary] as const;
