import { ServiceUnavailable } from '@holdfast/contracts';
import { backoffMs } from '@holdfast/kernel';
import type { LaneAnswer } from '../domain/lane-command';
import type { LaneEntry } from './lane-queue';
import type { LaneSettings } from './lane-settings';
import {
  BatchRefused,
  LedgerUnreachable,
  type BatchResult,
  type Ledger,
  type LaneNews,
} from './ports/ledger.port';

/** The outcome of one entry of a batch. */
export type EntryOutcome = { entry: LaneEntry; answer: LaneAnswer } | { entry: LaneEntry; error: unknown };

export interface SettleContext {
  dropId: string;
  ledger: Ledger;
  settings: LaneSettings;
  random: () => number;
  onNews: (news: LaneNews) => void;
  /** The outcome of a batch is unknown: data about the drop may be incomplete. */
  onDoubt: (dropId: string) => void;
}

/**
 * Runs a batch until its outcome is known. A lost connection leaves it unknown, so the same batch is sent
 * again: ids make it idempotent. A refused batch is bisected until the invalid command is alone, so that the
 * others succeed.
 */
export async function settleBatch(
  context: SettleContext,
  batch: readonly LaneEntry[],
): Promise<EntryOutcome[]> {
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

/** Retries while a caller waits for an answer; it ends, because each entry has a deadline. */
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
      const delayMs = backoffMs(attempt, settings.retry, random);
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      if (batch.every((entry) => entry.settled))
        throw new ServiceUnavailable('the ledger did not answer in time');
    }
  }
}
