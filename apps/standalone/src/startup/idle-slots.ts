import type { Logger } from '@holdfast/observability';
import { openClient } from '@holdfast/postgres';
import { sql } from './sql/sql.generated';

/** How the slots of each mode begin: the reader in process makes its own, and so does Debezium. */
export const SLOT_PREFIXES = { standalone: 'holdfast_native_', cluster: 'holdfast_cdc' } as const;

const ASK_MS = 5_000;

/**
 * Drops the replication slot of the other mode in this ledger: an unread slot retains WAL indefinitely. The
 * other mode creates a new one at its next start, after a snapshot of the rows. A failure costs disk space,
 * not correctness, and is logged.
 */
export async function dropSlotsOfOtherMode(
  url: string,
  mode: keyof typeof SLOT_PREFIXES,
  log: Logger,
  say: (line: string) => void,
): Promise<void> {
  const other = mode === 'standalone' ? 'cluster' : 'standalone';
  try {
    const dropped = await ask<{ slotName: string }>(url, sql.dropIdleSlots.text, SLOT_PREFIXES[other]);
    for (const { slotName } of dropped)
      say(`Dropped ${slotName}, the unused replication slot of the ${other} mode`);
  } catch (error) {
    log.warn({ reason: (error as Error).message }, `could not drop a replication slot of the ${other} mode`);
  }
}

/** Whether this replication slot exists. */
export async function isSlotThere(url: string, name: string): Promise<boolean> {
  const [row] = await ask<{ there: boolean }>(url, sql.isSlotThere.text, name);
  return row?.there ?? false;
}

async function ask<Row>(url: string, text: string, value: string): Promise<Row[]> {
  const client = await openClient({
    url,
    name: 'holdfast-start',
    connectTimeoutMs: ASK_MS,
    statementTimeoutMs: ASK_MS,
  });
  try {
    return (await client.query(text, [value])).rows as Row[];
  } finally {
    await client.end().catch(() => undefined);
  }
}
