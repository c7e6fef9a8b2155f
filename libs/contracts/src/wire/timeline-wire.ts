import { timelinePartSchema, timelineQuerySchema } from '../timeline';
import type { DropTimeline, OrderTimeline } from '../timeline.port';
import type { WireTable } from './wire-table';

/** A page of a timeline has a frame of its own: 200 entries may have half a megabyte of reasons. */
export const DROP_TIMELINE_WIRE: WireTable<DropTimeline> = {
  dropTimeline: {
    input: [timelineQuerySchema],
    answer: timelinePartSchema.nullable(),
    home: ({ dropId }) => dropId,
    alone: true,
  },
};

export const ORDER_TIMELINE_WIRE: WireTable<OrderTimeline> = {
  orderTimeline: { input: [timelineQuerySchema], answer: timelinePartSchema, alone: true },
};
