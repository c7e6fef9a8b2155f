import { LIMITS } from '@holdfast/kernel';
import { z } from 'zod';
import { merchantCommandSchema, type MerchantCommand } from './merchant-command';
import { anyId, cursor, id, pageLimit, time } from './values';

export const REHEARSAL_PROFILES = ['spike', 'ramp', 'queue', 'bots', 'soak'] as const;
export type RehearsalProfile = (typeof REHEARSAL_PROFILES)[number];

export const FAULT_TARGETS = ['redis', 'kafka', 'postgres', 'inventory', 'checkout', 'gateway'] as const;
export type FaultTarget = (typeof FAULT_TARGETS)[number];

/** The promises that a rehearsal judges, in the order of the report. */
export const REHEARSAL_PROMISES = [
  'no-oversell',
  'money-equals-orders',
  'invariants',
  'no-server-errors',
  'hold-p99',
  'pay-p99',
  'live-age-p99',
  'sold-out-or-demand-met',
  'recovers-after-fault',
] as const;
export type RehearsalPromiseName = (typeof REHEARSAL_PROMISES)[number];

export const REHEARSAL_STEPS = ['session', 'drop', 'hold', 'pay', 'live'] as const;
export type RehearsalStep = (typeof REHEARSAL_STEPS)[number];

/** Bounds of one rehearsal: it ends by itself, whatever happens. */
export const REHEARSAL_LIMITS = {
  shoppersMax: 20_000,
  secondsMin: 5,
  secondsMax: 1_800,
  timesMax: 20,
} as const;

/**
 * How long one rehearsal takes at most, in seconds: until a runner takes it over, and beside the time in which shoppers
 * arrive: until they have paid or given up, the judgement and the search for the safe rate.
 */
export const REHEARSAL_TIMES = { takenOverWithin: 30, besidesArrivals: 150 } as const;

/** Bytes of the evidence as JSON; what is beyond is thinned out. */
export const EVIDENCE_BYTES_MAX = 2 * 1024 * 1024;

/** What is rehearsed. What a caller leaves out has its default before it comes here. */
export const rehearsalSettingsSchema = z.object({
  profile: z.enum(REHEARSAL_PROFILES),
  shoppers: z.int().min(1).max(REHEARSAL_LIMITS.shoppersMax),
  /** Seconds in which shoppers arrive. */
  duration: z.int().min(REHEARSAL_LIMITS.secondsMin).max(REHEARSAL_LIMITS.secondsMax),
  seed: z.int().min(0).max(2_147_483_647),
  faults: z.array(z.enum(FAULT_TARGETS)).max(FAULT_TARGETS.length),
  /** Replays the arrivals of that past drop, multiplied. */
  like: z.object({ dropId: anyId, times: z.number().positive().max(REHEARSAL_LIMITS.timesMax) }).nullable(),
  /** An origin instead of the product's own address. Only the command line may name one. */
  target: z.string().max(LIMITS.nameLengthMax).nullable(),
  /** Rehearse although a real drop is open. */
  whileSelling: z.boolean(),
});
export type RehearsalSettings = z.infer<typeof rehearsalSettingsSchema>;

const count = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const ms = z.number().min(0);

const stepSchema = z.object({ count, p50Ms: ms, p95Ms: ms, p99Ms: ms });
export type RehearsalStepFigures = z.infer<typeof stepSchema>;

export const rehearsalPromiseSchema = z.object({
  name: z.enum(REHEARSAL_PROMISES),
  limit: z.number(),
  measured: z.number(),
  unit: z.string(),
  ok: z.boolean(),
});
export type RehearsalPromise = z.infer<typeof rehearsalPromiseSchema>;

/** What came out, as far as it is known. While it runs: counts so far. */
export const rehearsalFiguresSchema = z.object({
  promises: z.array(rehearsalPromiseSchema),
  offered: z.object({ shoppers: count, perSecondMax: z.number() }),
  held: count,
  paid: count,
  refused: z.record(z.string(), count),
  errors: count,
  steps: z.partialRecord(z.enum(REHEARSAL_STEPS), stepSchema),
  soldOutAfterMs: ms.nullable(),
  liveAgeP99Ms: ms.nullable(),
  /** Units that clients were granted beyond the stock. */
  oversold: count,
  money: z.object({ captured: count, ordered: count, ok: z.boolean() }),
  /** The verdict of `holdfast verify` on the ghost. */
  verify: z.looseObject({ ok: z.boolean() }).nullable(),
  bottleneck: z.object({ what: z.string(), evidence: z.string() }).nullable(),
  safeAdmissionPerMinute: count.nullable(),
});
export type RehearsalFigures = z.infer<typeof rehearsalFiguresSchema>;

/** Of a rehearsal of which nothing is known yet. */
export const NO_FIGURES: RehearsalFigures = {
  promises: [],
  offered: { shoppers: 0, perSecondMax: 0 },
  held: 0,
  paid: 0,
  refused: {},
  errors: 0,
  steps: {},
  soldOutAfterMs: null,
  liveAgeP99Ms: null,
  oversold: 0,
  money: { captured: 0, ordered: 0, ok: true },
  verify: null,
  bottleneck: null,
  safeAdmissionPerMinute: null,
};

/** `Rehearsal` of the public contract. */
export const rehearsalSchema = rehearsalFiguresSchema.extend({
  id,
  dropId: id,
  /** Null until the ghost is made. */
  ghostId: id.nullable(),
  profile: z.enum(REHEARSAL_PROFILES),
  seed: z.int(),
  settings: rehearsalSettingsSchema,
  state: z.enum(['running', 'done', 'stopped', 'failed']),
  /** What it does now, or why it failed. Plain text. */
  detail: z.string(),
  progress: z.number().min(0).max(1),
  verdict: z.enum(['go', 'no-go']).nullable(),
  startedAt: time,
  /** When it will have ended at the latest, while it runs; then when it did. */
  endsBy: time,
  endedAt: time.nullable(),
});
export type Rehearsal = z.infer<typeof rehearsalSchema>;

/** One second of the run, for the report. */
export const rehearsalSecondSchema = z.object({
  /** Since the first arrival. */
  second: z.int(),
  offered: count,
  held: count,
  paid: count,
  refused: count,
  errors: count,
  /** Null: nothing was answered in this second. */
  holdP50Ms: ms.nullable(),
  holdP99Ms: ms.nullable(),
  payP99Ms: ms.nullable(),
  liveAgeMs: ms.nullable(),
  /** Share of the machine's processors, by part: `gateway`, `inventory`, `postgres`, `k6`, … */
  cpu: z.record(z.string(), z.number()),
});
export type RehearsalSecond = z.infer<typeof rehearsalSecondSchema>;

/** What the report shows besides the `Rehearsal`. Bounded: at most `secondsMax` seconds. */
export const rehearsalEvidenceSchema = z.object({
  seconds: z.array(rehearsalSecondSchema).max(REHEARSAL_LIMITS.secondsMax + 300),
  /** What else was compared, in words: the client's answers with the ledger, the provider's record, … */
  checks: z.array(z.object({ says: z.string(), ok: z.boolean(), detail: z.string() })),
  faults: z.array(
    z.object({
      target: z.enum(FAULT_TARGETS),
      /** `paused` or `killed`. */
      how: z.string(),
      fromSecond: z.number(),
      toSecond: z.number(),
      recoveredAfterMs: ms.nullable(),
    }),
  ),
  /** The steps of the search for the safe rate: new holds a minute, and whether all promises held. */
  rates: z.array(z.object({ perMinute: count, ok: z.boolean(), broke: z.string().nullable() })),
  drop: z.object({
    name: z.string(),
    units: count,
    skus: count,
    perCustomerLimit: count,
    holdTtlSeconds: count,
  }),
  machine: z.object({
    mode: z.enum(['standalone', 'cluster']),
    cpus: z.int(),
    cpuModel: z.string(),
    memoryBytes: count,
    platform: z.string(),
    node: z.string(),
    product: z.string(),
    generator: z.string(),
  }),
});
export type RehearsalEvidence = z.infer<typeof rehearsalEvidenceSchema>;

export const rehearsalRefSchema = z.object({ merchantId: anyId, dropId: anyId, rehearsalId: anyId });
export type RehearsalRef = z.infer<typeof rehearsalRefSchema>;

export const listRehearsalsSchema = z.object({
  merchantId: anyId,
  dropId: anyId,
  cursor: cursor.optional(),
  limit: pageLimit,
});
export type ListRehearsals = z.infer<typeof listRehearsalsSchema>;

export const startRehearsalSchema = merchantCommandSchema.extend({
  dropId: anyId,
  settings: rehearsalSettingsSchema,
});
export interface StartRehearsal extends MerchantCommand {
  dropId: string;
  settings: RehearsalSettings;
}

export const stopRehearsalSchema = merchantCommandSchema.extend({ dropId: anyId, rehearsalId: anyId });
export interface StopRehearsal extends MerchantCommand {
  dropId: string;
  rehearsalId: string;
}
