import { ServiceUnavailable } from '@holdfast/contracts';
import { NotASession } from './not-a-session';

/**
 * Classes and codes of SQLSTATE that are temporary and not about the statement: lost connection, rollback
 * (deadlock), out of resources, operator intervention (shutdown, cancel), lock timeout, a server that has
 * become a standby. Source: PostgreSQL documentation, appendix A.
 */
const TEMPORARY = /^(08|40|53|57|55P03|25006)/;

/**
 * SQLSTATEs about the values sent: data exception, integrity constraint, raised by a function of ours,
 * program limit exceeded.
 */
const ABOUT_VALUES = /^(22|23|P0|54)/;

/** Error codes of Node.js when a server cannot be reached or closes the connection. */
const NETWORK =
  /^(ECONN(REFUSED|RESET|ABORTED)|EPIPE|ETIMEDOUT|E(HOST|NET)(UNREACH|DOWN)|EADDRNOTAVAIL|ENOTFOUND|EAI_AGAIN|EPROTO)$/;

/** The driver's own errors carry no code. */
const DRIVER =
  /^(timeout e|query read timeout|connection terminated|received unexpected|cannot use a pool after)|not queryable$|SSL connection/i;

/** '' when there is none. */
function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}

/**
 * Whether the database cannot be reached, goes away or is overloaded: the statement may have run, and may be
 * sent again later.
 */
export function isDatabaseUnavailable(error: unknown): boolean {
  const code = codeOf(error);
  if (code === '') return error instanceof NotASession || DRIVER.test((error as Error | null)?.message ?? '');
  return NETWORK.test(code) || TEMPORARY.test(code);
}

/** Whether PostgreSQL refused the values of a statement: sent again, it would end the same way. */
export function isAboutValues(error: unknown): boolean {
  return ABOUT_VALUES.test(codeOf(error));
}

/**
 * The result of a query; throws `ServiceUnavailable` when the database is unavailable. Any other error is
 * passed through.
 */
export async function orServiceUnavailable<T>(what: string, query: Promise<T>): Promise<T> {
  try {
    return await query;
  } catch (error) {
    if (!isDatabaseUnavailable(error)) throw error;
    throw new ServiceUnavailable(`${what}: ${(error as Error).message}`);
  }
}
