import { randomInt } from 'node:crypto';
import { z } from 'zod';
import {
  FAULT_TARGETS,
  REHEARSAL_LIMITS,
  REHEARSAL_PROFILES,
  type RehearsalSettings,
  rehearsalSettingsSchema,
} from './rehearsal';

const whole = (min: number, max: number) =>
  z.int('must be a whole number').min(min, `must be at least ${min}`).max(max, `must be at most ${max}`);

const { shoppersMax, secondsMin, secondsMax, timesMax } = REHEARSAL_LIMITS;
const SEED_MAX = 2_147_483_647;
const DROP_ID_LENGTH_MAX = 64;

const faultList = z
  .array(z.enum(FAULT_TARGETS, `must be one of ${FAULT_TARGETS.join(', ')}`))
  .max(FAULT_TARGETS.length, `must have at most ${FAULT_TARGETS.length} targets`)
  .refine((them) => new Set(them).size === them.length, 'must name each target once');

const faultText = z
  .string()
  .max(100)
  .transform((text) => text.split(',').map((word) => word.trim()))
  .pipe(faultList);

/**
 * The words in which a rehearsal is asked for, in a request of the API and on the command line. `duration` is in
 * seconds, `like` the id of a past drop, `faults` a list or its names with commas between them. What may not be said
 * here, `target` above all, is an unknown field.
 */
export const rehearsalWordsSchema = z
  .strictObject({
    profile: z.enum(REHEARSAL_PROFILES, `must be one of ${REHEARSAL_PROFILES.join(', ')}`).optional(),
    shoppers: whole(1, shoppersMax).optional(),
    duration: whole(secondsMin, secondsMax).describe('Seconds in which shoppers arrive.').optional(),
    seed: whole(0, SEED_MAX).optional(),
    faults: z
      .union([faultList, faultText], `must be a list of ${FAULT_TARGETS.join(', ')}, each at most once`)
      .optional(),
    like: z
      .string('must be the ID of a drop')
      .min(1, 'must be the ID of a drop')
      .max(DROP_ID_LENGTH_MAX, 'must be the ID of a drop')
      .describe('ID of a past drop whose arrivals are replayed.')
      .optional(),
    times: z
      .number('must be a number')
      .positive('must be more than 0')
      .max(timesMax, `must be at most ${timesMax}`)
      .describe('Multiplies the arrivals of `like`.')
      .optional(),
    whileSelling: z
      .boolean('must be true or false')
      .describe('Rehearse although a real drop is open on this installation.')
      .optional(),
  })
  .refine(({ like, times }) => like !== undefined || times === undefined, {
    path: ['times'],
    message: 'needs like: it multiplies the arrivals of that drop',
  });
export type RehearsalWords = z.infer<typeof rehearsalWordsSchema>;

export const REHEARSAL_DEFAULTS = {
  profile: 'spike',
  shoppersMax: 5_000,
  shoppersPerUnit: 10,
  seconds: 30,
  times: 1,
} as const;

/**
 * The settings that the words mean for this drop, with defaults for what was not said: a spike of ten shoppers for each
 * unit, 5,000 at most, within 30 s, without faults and with a seed of its own.
 * @param drop `units`: of all SKUs together
 * @param newSeed draws the seed where the words name none
 */
export function settingsOf(
  words: RehearsalWords,
  drop: { units: number },
  newSeed: () => number = () => randomInt(SEED_MAX),
): RehearsalSettings {
  const { profile, shoppersPerUnit, seconds, times } = REHEARSAL_DEFAULTS;
  const crowd = Math.min(REHEARSAL_DEFAULTS.shoppersMax, shoppersPerUnit * drop.units);
  return rehearsalSettingsSchema.parse({
    profile: words.profile ?? profile,
    shoppers: words.shoppers ?? Math.max(1, crowd),
    duration: words.duration ?? seconds,
    seed: words.seed ?? newSeed(),
    faults: words.faults ?? [],
    like: words.like === undefined ? null : { dropId: words.like, times: words.times ?? times },
    target: null,
    whileSelling: words.whileSelling ?? false,
  });
}
