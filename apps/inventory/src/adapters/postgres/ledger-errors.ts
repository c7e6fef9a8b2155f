import { isAboutValues } from '@holdfast/postgres';
import { BatchRefused, LedgerUnreachable } from '../../application/ports/ledger.port';

/**
 * After all errors except those about values the outcome is unknown or rolled back, so the batch is retried:
 * not only if the database is unavailable, but also while an upgrade replaces a function.
 */
export function toLedgerError(error: unknown): Error {
  const message = error instanceof Error ? error.message : String(error);
  return new (isAboutValues(error) ? BatchRefused : LedgerUnreachable)(message, { cause: error });
}
