import { ConfigError } from '@holdfast/config';
import { InvalidDrop } from '@holdfast/contracts';
import { isDatabaseUnavailable, NotASession } from '@holdfast/postgres';
import { CliFailure, type ExitCode } from './cli-failure';

export interface Explained {
  message: string;
  exitCode: ExitCode;
}

/** Turns whatever ended a command into words for the operator. No stack: with `LOG_LEVEL=debug` the caller prints that as well. */
export function explain(error: unknown): Explained {
  if (error instanceof CliFailure) return { message: error.message, exitCode: error.exitCode };
  if (error instanceof ConfigError) return { message: error.message, exitCode: 2 };
  if (error instanceof NotASession)
    return { message: `The PostgreSQL of DATABASE_URL cannot be used: ${error.message}.`, exitCode: 1 };
  if (error instanceof InvalidDrop) return { message: error.message, exitCode: 1 };
  const root = rootOf(error);
  if (PG_TIMEOUT.test(messageOf(root))) return { message: SERVER_SLOW, exitCode: 1 };
  const message = byCode(codeOf(root)) ?? (isDatabaseUnavailable(root) ? SERVER_AWAY : null);
  return { message: message ?? `unexpected: ${messageOf(root)}`, exitCode: 1 };
}

/** A failure on several addresses (`localhost` is two) hides the reason inside. */
function rootOf(error: unknown): unknown {
  if (error instanceof AggregateError && error.errors.length > 0) return rootOf(error.errors[0]);
  return error instanceof Error && codeOf(error) === undefined && error.cause ? rootOf(error.cause) : error;
}

function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}

const SERVER_AWAY =
  'The ledger (PostgreSQL) is unreachable or overloaded. Start the product with `npm start`, or check DATABASE_URL.';

const SERVER_SLOW =
  'The ledger (PostgreSQL) did not respond in time. Try again when the machine is less busy.';

/** The driver's own timeouts carry words and no code. */
const PG_TIMEOUT = /timeout exceeded when trying to connect|connection timeout|query read timeout/i;

/** By the codes of PostgreSQL (appendix A of its manual). */
function byCode(code: string | undefined): string | undefined {
  switch (code) {
    case '28P01':
    case '28000':
      return 'Login to the ledger (PostgreSQL) failed. Check the user and the password in DATABASE_URL.';
    case '3D000':
      return 'The database named in DATABASE_URL does not exist. Create it, then run `npx holdfast migrate`.';
    case '42P01': // undefined_table
    case '3F000': // invalid_schema_name
    case '42703': // undefined_column
    case '22023': // the role does not exist
      return 'The database has no Holdfast tables, or an older version of them. Run `npx holdfast migrate`.';
    case '42501':
      return 'The login of DATABASE_URL lacks the required privileges. It needs CREATEROLE for `migrate`, or membership in the holdfast roles.';
    case '57014':
      return 'The ledger did not respond in time and the command was cancelled. Nothing was changed. Try again when it is less busy.';
    default:
      return undefined;
  }
}
