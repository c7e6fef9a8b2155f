import { ServiceUnavailable } from '@holdfast/contracts';
import type { LaneAnswer } from '../domain/lane-command';
import type { LaneEntry } from './lane-entry';
import type { LaneSettings } from './lane-settings';
import {
  BatchRefused,
  LedgerUnreachable,
  type BatchResult,
  type Ledger,
  type LaneNews,
} from './ports/ledger.port';

/** What became of one entry of a batch. */
export type Verdict = { entry: LaneEntry; answer: LaneAnswer } | { entry: LaneEntry; error: unknown };

export interface SettleContext {
  dropId: string;
  ledger: Ledger;
  settings: LaneSettings;
  random: () => number;
  onNews: (news: LaneNews) => void;
  /** A batch may have been committed or not: what was learnt about the drop may lack something. */
  onDoubt: (dropId: string) => void;
}

/**
 * Runs a batch until its outcome is known. A lost connection leaves it unknown, so the same batch is sent again: ids make it idempotent.
 * A refused batch is halved until the bad command stands alone, so that its neighbours are served.
 */
export async function settleBatch(context: SettleContext, batch: readonly LaneEntry[]): Promise<Verdict[]> {
  try {
    const { answers, news } = await runUntilKnown(context, batch);
    if (news !== null) context.onNews(news);
    return batch.map((entry, index) => ({ entry, answer: answers[index]! }));
  } catch (error) {
    if (!(error instanceof BatchRefused) || batch.length === 1)
      return batch.map((entry) => ({ entry, error }));
    const middle = batch.length >> 1;
    const first = await settleBatch(context, batch.slice(0, middle));
    return first.concat(await settleBatch(context, batch.slice(middle)));
  }
}

/** Tries as long as somebody waits for an answer: each entry has a deadline, so this ends. */
async function runUntilKnown(
  { dropId, ledger, settings, random, onDoubt }: SettleContext,
  batch: readonly LaneEntry[],
): Promise<BatchResult> {
  const commands = batch.map((entry) => entry.command);
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await ledger.runBatch(dropId, commands);
    } catch (error) {
      if (!(error instanceof LedgerUnreachable)) throw error;
      onDoubt(dropId);
      const ceiling = Math.min(settings.retryDelayMsMax, settings.retryDelayMsMin * 2 ** attempt);
      await new Promise((resolve) => setTimeout(resolve, ceiling * (0.5 + 0.5 * random())));
      if (batch.every((entry) => entry.settled))
        throw new ServiceUnavailable('the ledger did not answer in time');
    }
  }
}
