import { LOAD_LIMITS, type LoadLimits, type LoadPlan } from '../../libs/load/src/model/load-plan.ts';
import type { Traits } from './traits.ts';

/** The plan of a run as `libs/load` hands it over, limits filled in, and what its scenario adds. */
export type Settings = Omit<LoadPlan, 'limits'> & { limits: LoadLimits; traits: Traits };

/** Throws an Error: k6 then ends before it sends anything. */
export function readSettings(env: Record<string, string | undefined>, traits: Traits): Settings {
  const text = env['HOLDFAST_K6_PLAN'];
  if (text === undefined) throw new Error('HOLDFAST_K6_PLAN is not set: run `npm run k6`, which sets it');
  const plan = JSON.parse(text) as LoadPlan;
  return { ...plan, limits: { ...LOAD_LIMITS, ...plan.limits }, traits };
}
