import { z } from 'zod';
import {
  listRehearsalsSchema,
  rehearsalEvidenceSchema,
  rehearsalFiguresSchema,
  rehearsalRefSchema,
  rehearsalSchema,
  startRehearsalSchema,
  stopRehearsalSchema,
} from '../rehearsal';
import type { RehearsalRuns, Rehearsals } from '../rehearsals.port';
import { anyId, id, pageOf, words } from '../values';
import type { WireTable } from './wire-table';

/** The report has up to 2 MiB of evidence: a frame of its own, far below the transport's bound. */
const LARGE = { alone: true, deadlineMs: 15_000 } as const;
/** A copy of a drop with thousands of SKUs is made in slices; a ghost is removed in pieces. */
const GHOSTS = { alone: true, deadlineMs: 60_000 } as const;

const runner = z.string().min(1).max(200);
const detail = z.string();
const count = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const ofRunner = z.object({ rehearsalId: anyId, runner });

const startOutcomeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('started'), rehearsal: rehearsalSchema, replayed: z.boolean() }),
  words('not-found'),
  words('key-reused'),
  z.object({
    kind: z.literal('invalid'),
    errors: z.array(z.object({ pointer: z.string(), message: z.string() })),
  }),
  z.object({ kind: z.literal('conflict'), why: z.string() }),
]);

const runSchema = z.object({
  rehearsal: rehearsalSchema.extend({ ghostId: id }),
  merchantId: id,
  items: z.array(z.object({ sku: z.string(), units: count })),
  arrivals: z.array(count).nullable(),
});

/** Rehearsals as they travel; any instance can do it. */
export const REHEARSALS_WIRE: WireTable<Rehearsals & RehearsalRuns> = {
  startRehearsal: { input: [startRehearsalSchema], answer: startOutcomeSchema },
  listRehearsals: { input: [listRehearsalsSchema], answer: pageOf(rehearsalSchema).nullable(), alone: true },
  getRehearsal: { input: [rehearsalRefSchema], answer: rehearsalSchema.nullable() },
  rehearsalReport: {
    input: [rehearsalRefSchema],
    answer: z.object({ rehearsal: rehearsalSchema, evidence: rehearsalEvidenceSchema.nullable() }).nullable(),
    ...LARGE,
  },
  stopRehearsal: { input: [stopRehearsalSchema], answer: rehearsalSchema.nullable() },
  claimRehearsal: { input: [runner], answer: runSchema.nullable(), ...GHOSTS },
  anotherGhost: {
    input: [ofRunner.extend({ units: count.min(1) })],
    answer: z.object({ ghostId: id }),
  },
  beatRehearsal: {
    input: [ofRunner.extend({ progress: z.number(), detail, figures: rehearsalFiguresSchema })],
    answer: z.object({ stop: z.boolean() }),
  },
  endRehearsal: {
    input: [
      ofRunner.extend({
        state: z.enum(['done', 'stopped', 'failed']),
        verdict: z.enum(['go', 'no-go']).nullable(),
        detail,
        figures: rehearsalFiguresSchema,
        evidence: rehearsalEvidenceSchema.nullable(),
      }),
    ],
    answer: words('ended'),
    ...GHOSTS,
  },
};
