import { ServiceUnavailable } from '@holdfast/contracts';
import { DeadlineExceeded, withDeadline } from '@holdfast/kernel';
import { LANE_SETTINGS } from './lane-settings';
import { LedgerUnreachable } from './ports/ledger.port';

/**
 * Awaits a call of the ledger within the deadline of the lanes, of which `waitedMs` have passed already.
 * Throws `ServiceUnavailable`.
 */
export async function answered<T>(what: string, call: Promise<T>, waitedMs = 0): Promise<T> {
  try {
    return await withDeadline(what, LANE_SETTINGS.deadlineMs - waitedMs, call);
  } catch (error) {
    if (error instanceof DeadlineExceeded || error instanceof LedgerUnreachable)
      throw new ServiceUnavailable(error.message);
    throw error;
  }
}
