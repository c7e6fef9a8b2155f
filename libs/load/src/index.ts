export { findK6 } from './find-k6';
export { Latencies } from './latencies';
export type { AnswerSpan, LoadResult, LoadSecond, StepLatency } from './load-result';
export { arrivalsOf, completed } from './model/arrivals';
export { type CallName, KNOWN_ANSWERS } from './model/known-answers';
export type { LoadNote, LoadStep } from './model/load-note';
export { LOAD_LIMITS, type LoadLimits, type LoadPlan, type Scenario } from './model/load-plan';
export { type RunOptions, runLoad } from './run-load';
export {
  CARDS,
  payingShare,
  planShopper,
  SETTLING,
  SHOPPER_EMAIL,
  type ShopperPlan,
  UNITS_ASKED_MAX,
} from './model/shopper-plan';
