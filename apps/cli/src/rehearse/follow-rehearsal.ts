import { type Rehearsal, type Rehearsals, ServiceUnavailable } from '@holdfast/contracts';
import { isDatabaseUnavailable } from '@holdfast/postgres';
import { setTimeout as pause } from 'node:timers/promises';
import { CliFailure } from '../output/cli-failure';

const POLL_MS = 500;
/** After the moment at which the rehearsal has ended at the latest: then nobody is left to say so. */
const GRACE_MS = 20_000;
/** A product that ends stops its rehearsal, and writes so, after it has said that it is gone. */
const ENDING_MS = 8_000;

export interface Followed {
  merchantId: string;
  rehearsal: Rehearsal;
  signal: AbortSignal;
  onProgress(rehearsal: Rehearsal): void;
  /** Whether the product still runs, as far as it can be known here. */
  isProductThere(): boolean;
  /** Asks the runner to end the rehearsal. */
  stop(): Promise<unknown>;
  /** Injected by tests. */
  now?: () => number;
}

/**
 * Resolves with the rehearsal when it has ended. When `signal` aborts it asks for the end, once for each poll until that was heard, and goes on
 * following. An outage of the ledger is waited out: it may be a fault of the rehearsal itself. Throws `CliFailure`.
 */
export async function followRehearsal(rehearsals: Rehearsals, followed: Followed): Promise<Rehearsal> {
  const { merchantId, signal, onProgress, isProductThere, stop, now = Date.now } = followed;
  let { rehearsal } = followed;
  let stopAsked = false;
  let thereAt = now();
  const { dropId, id: rehearsalId } = rehearsal;
  for (;;) {
    if (rehearsal.state !== 'running') return rehearsal;
    onProgress(rehearsal);
    if (now() > Date.parse(rehearsal.endsBy) + GRACE_MS) throw overdue(rehearsal);
    await pause(POLL_MS, undefined, stopAsked ? {} : { signal }).catch(() => undefined);
    thereAt = isProductThere() ? now() : thereAt;
    try {
      if (signal.aborted && !stopAsked) {
        await stop();
        stopAsked = true;
      }
      const seen = await rehearsals.getRehearsal({ merchantId, dropId, rehearsalId });
      if (!seen) throw new CliFailure(`The rehearsal ${rehearsalId} is gone: its drop was deleted.`, 2);
      // A PostgreSQL that the product has not started goes on answering when it is gone.
      if (seen.state === 'running' && now() - thereAt > ENDING_MS) throw gone(rehearsalId);
      rehearsal = seen;
    } catch (error) {
      if (!isOutage(error)) throw error;
      if (!isProductThere()) throw gone(rehearsalId);
      await pause(POLL_MS);
    }
  }
}

const isOutage = (error: unknown) => error instanceof ServiceUnavailable || isDatabaseUnavailable(error);

function gone(id: string): CliFailure {
  return new CliFailure(
    `The product ended during the rehearsal ${id}. Its next start removes what the rehearsal left.`,
    2,
  );
}

function overdue({ id, endsBy }: Rehearsal): CliFailure {
  return new CliFailure(
    `The rehearsal ${id} should have ended by ${endsBy}, and nothing has been heard of it. Run \`npx holdfast topology\` to see what is running.`,
    2,
  );
}
