import { ServiceUnavailable } from '@holdfast/contracts';

/** Classes of SQLSTATE that say "not now": connection lost, out of resources, operator's intervention (shutdown, cancel), lock not had. */
const NOT_NOW = /^(08|53|57|55P03|25006)/;

/** What Node and the driver say when the server cannot be reached or does not answer in time. */
const GONE =
  /ECONN(REFUSED|RESET|ABORTED)|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENOTFOUND|EAI_AGAIN|timeout|terminated|not queryable/i;

/** Runs a read and turns "the ledger does not answer" into `ServiceUnavailable`; any other fault stays what it is. */
export async function orUnavailable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const { code = '', message = '' } = error as { code?: string; message?: string };
    if (NOT_NOW.test(code) || GONE.test(code) || (!code && GONE.test(message)))
      throw new ServiceUnavailable('the ledger does not answer');
    throw error;
  }
}
