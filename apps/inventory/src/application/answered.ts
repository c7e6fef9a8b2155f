import { ServiceUnavailable } from '@holdfast/contracts';
import { DeadlineExceeded, withDeadline } from '@holdfast/kernel';
import { LANE_SETTINGS } from './lane-settings';
import { LedgerUnreachable } from './ports/ledger.port';

/**
 * Awaits a call of the ledger for `leftMs`, by default the whole deadline of the lanes. Throws
 * `ServiceUnavailable`.
 */
export async function answered<T>(
  what: string,
  call: Promise<T>,
  leftMs = LANE_SETTINGS.deadlineMs,
): Promise<T> {
  try {
    return await withDeadline(what, leftMs, call);
  } catch (error) {
    if (error instanceof DeadlineExceeded || error instanceof LedgerUnreachable)
      throw new ServiceUnavailable(error.message);
    throw error;
  }
}
