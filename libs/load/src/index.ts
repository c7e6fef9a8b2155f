export { findK6 } from './find-k6';
export type { LoadResult, LoadSecond, StepLatency } from './load-result';
export { arrivalsOf, completed } from './model/arrivals';
export type { LoadNote, LoadStep } from './model/load-note';
export { LOAD_LIMITS, type LoadLimits, type LoadPlan, type Scenario } from './model/load-plan';
export { type RunOptions, runLoad } from './run-load';
