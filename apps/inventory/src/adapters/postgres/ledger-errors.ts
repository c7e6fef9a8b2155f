import { DatabaseError } from 'pg';
import { BatchRefused, LedgerUnreachable } from '../../application/ports/ledger.port';

/**
 * Classes of SQLSTATE that are about the values sent, so sending them again would end the same way: data exception, integrity constraint
 * violation, raised by a function of ours, program limit exceeded. Source: PostgreSQL documentation, appendix A.
 */
const ABOUT_THE_VALUES = new Set(['22', '23', 'P0', '54']);

/** Everything else (no connection, time-outs, deadlocks, shutdown, failover) leaves the outcome unknown or undone: worth another try. */
export function toLedgerError(error: unknown): Error {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof DatabaseError && ABOUT_THE_VALUES.has(error.code?.slice(0, 2) ?? ''))
    return new BatchRefused(message, { cause: error });
  return new LedgerUnreachable(message, { cause: error });
}
