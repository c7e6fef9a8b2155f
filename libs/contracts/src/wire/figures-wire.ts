import { z } from 'zod';
import {
  addTicksSchema,
  dropLifeSchema,
  dropStatsSchema,
  recentTicksQuerySchema,
  sentTickSchema,
  seriesPointSchema,
  seriesQuerySchema,
} from '../figures';
import type { Figures } from '../figures.port';
import { anyId, words } from '../values';
import type { WireTable } from './wire-table';

const merchantsDrop = z.object({ merchantId: anyId, dropId: anyId });
const ofDrop = {
  input: [merchantsDrop] as [typeof merchantsDrop],
  home: ({ dropId }: { dropId: string }) => dropId,
};

/** Figures as they travel. Any instance can take and tell them; a series may be large. */
export const FIGURES_WIRE: WireTable<Figures> = {
  addTicks: { input: [addTicksSchema], answer: words('added'), alone: true },
  recentTicks: { input: [recentTicksQuerySchema], answer: z.array(sentTickSchema).nullable() },
  dropStats: { ...ofDrop, answer: dropStatsSchema.nullable() },
  dropLife: { ...ofDrop, answer: dropLifeSchema.nullable() },
  dropSeries: { input: [seriesQuerySchema], answer: z.array(seriesPointSchema), alone: true },
};
