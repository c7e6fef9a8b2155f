import {
  acknowledgedHolds,
  checkPromises,
  type ClientLog,
  judgeRun,
  type RunCheck,
  settledBooks,
} from '@holdfast/audit';
import { ledgerNowMs, ROLES, withLedger } from '@holdfast/postgres';
import { type Env, findProduct } from '../product/find-product';
import { verifyProduct } from '../product/verify-product';

export interface FinishedRun {
  databaseUrl: string;
  dropId: string;
  log: ClientLog;
  /** What k6 counted. */
  counts: Readonly<Record<string, number>>;
}

/** Waits until the run's orders are settled, then compares what its shoppers were answered with the ledger. */
export async function judgeByLedger(run: FinishedRun, env: Env, signal: AbortSignal): Promise<RunCheck[]> {
  const { databaseUrl, dropId, log, counts } = run;
  const { books, promises } = await withLedger(databaseUrl, ROLES.auditor, async (pool) => ({
    books: await settledBooks(pool, dropId, signal),
    promises: await checkPromises(pool, dropId, acknowledgedHolds(log), await ledgerNowMs(pool)),
  }));
  return judgeRun({ log, counts, books, promises, verify: await verifyProduct(findProduct(env)) });
}
