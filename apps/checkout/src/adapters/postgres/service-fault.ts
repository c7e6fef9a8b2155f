import { ServiceUnavailable } from '@holdfast/contracts';
import { DatabaseError } from 'pg';

/** Classes of SQLSTATE that say "not now" and nothing about the statement: connection, rollback, resources, operator, lock time-out. */
const NOT_NOW = /^(08|40|53|57|55P03)/;

/** What a failed query means to the caller: the database is away or overloaded (`ServiceUnavailable`), or the statement is wrong. */
export function toServiceFault(what: string, error: unknown): Error {
  if (error instanceof DatabaseError && !NOT_NOW.test(error.code ?? '')) return error;
  return new ServiceUnavailable(`${what}: ${(error as Error).message}`);
}
