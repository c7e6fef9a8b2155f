import { z } from 'zod';
import { STOCK_DISPLAYS, time } from '@holdfast/contracts';
import { drop, dropSummary } from './schemas';

const own = {
  revision: z.int().describe('Grows with each change of the drop; also its `ETag`.'),
  stockDisplay: z.enum(STOCK_DISPLAYS).describe('What shoppers see of the counts.'),
  createdAt: time,
  ghostOf: z.string().nullable().describe('The drop of which this one is the copy for a rehearsal.'),
};

export const adminDrop = drop.extend(own).meta({ id: 'AdminDrop' });

export const adminDropSummary = dropSummary.extend(own).meta({ id: 'AdminDropSummary' });

export const DROPS_COMPONENTS = [adminDrop, adminDropSummary] as const;
