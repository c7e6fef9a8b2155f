export { type AuditVerdict, ExportVerifier, type VerifyWith } from './chain/export-verifier';
export { isCheckpointLine, type Line, readLine } from './chain/read-line';
export { auditLedger } from './invariants/audit-ledger';
export type { Verdict } from './invariants/invariant';
export {
  type ClientLog,
  acknowledgedHolds,
  addNote,
  newClientLog,
  readClientLog,
  readNote,
} from './load/client-log';
export type { ClientNote } from './load/client-note';
export { CLIENT_PATIENCE } from './load/client-patience';
export { type DropBooks, settledBooks } from './load/drop-books';
export { judgeRun, type RunCheck } from './load/judge-run';
export type { AcknowledgedHold } from './promises/acknowledged-hold';
export { checkPromises, type Promises } from './promises/check-promises';
export { bottleneck, type Bottleneck, type LoadSample } from './rehearsal/bottleneck';
export { judgePromises, rehearsalChecks } from './rehearsal/judge-promises';
export { DEFAULT_PROMISE_LIMITS, type PromiseLimits } from './rehearsal/promise-limits';
export type { MeasuredLoad, RehearsalFacts } from './rehearsal/rehearsal-facts';
export { judgeRehearsal, type RehearsalVerdict } from './rehearsal/rehearsal-verdict';
export { type RateAnswer, SafeRateSearch } from './rehearsal/safe-rate';
export { readPublicDrop, readPublicDrops } from './view/public-drops';
export type { ShownView } from './view/view-equals-ledger';
export { verify, verifyDrop } from './verify';
