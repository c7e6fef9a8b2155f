import { newGhostId } from '@holdfast/kernel';
import type { Pool, PoolClient } from 'pg';
import { ITEMS_A_STATEMENT } from '../drops/write-drop';
import { sql } from './sql/sql.generated';

const ROWS_A_PIECE = 500; // some ms under the lock for which the ghost's lane waits

/** The rehearsal has ended, or is run by another process. */
export class NotItsRunner extends Error {}

/** There is nothing to rehearse any more. */
export class DropDeleted extends Error {
  constructor(
    readonly rehearsalId: string,
    dropId: string,
  ) {
    super(`the drop ${dropId} was deleted before its rehearsal began`);
  }
}

export interface OfRunner {
  rehearsalId: string;
  runner: string;
}

/**
 * Makes a ghost of the rehearsal's drop in the caller's transaction: with the drop's items and totals, or with `units` of its first item alone.
 * Its id stands in the rehearsal from the same commit on, so that none is ever forgotten. Throws `NotItsRunner` and `DropDeleted`.
 */
export async function makeGhost(
  client: PoolClient,
  { rehearsalId, runner }: OfRunner,
  units: number | null,
): Promise<string> {
  const ghostId = newGhostId();
  const noted = await client.query<{ drop_id: string }>({
    ...sql.noteGhost,
    values: [rehearsalId, runner, ghostId],
  });
  const dropId = noted.rows[0]?.drop_id;
  if (dropId === undefined)
    throw new NotItsRunner(`rehearsal ${rehearsalId} has ended, or is not run by ${runner}: end this run`);
  const made = await client.query({ ...sql.insertGhost, values: [ghostId, dropId] });
  if (made.rowCount === 0) throw new DropDeleted(rehearsalId, dropId);
  if (units === null) await copyItems(client, ghostId, dropId);
  else await client.query({ ...sql.insertGhostItem, values: [ghostId, dropId, units] });
  return ghostId;
}

async function copyItems(client: PoolClient, ghostId: string, dropId: string): Promise<void> {
  for (let after = ''; ;) {
    const values = [ghostId, dropId, after, ITEMS_A_STATEMENT];
    const { rows } = await client.query<{ copied: number; last: string | null }>({
      ...sql.insertGhostItems,
      values,
    });
    const { copied, last } = rows[0]!;
    if (copied < ITEMS_A_STATEMENT || last === null) return;
    after = last;
  }
}

/**
 * Removes ghosts of rehearsals that have ended, of one or of all, piece by piece. It may be interrupted and run in several processes; what is left
 * is found again. Returns the removed ghosts.
 */
export async function removeGhosts(pool: Pool, rehearsalId: string | null = null): Promise<string[]> {
  const { rows } = await pool.query<{ rehearsal_id: string; ghost_ids: string[] }>({
    ...sql.ghostsToRemove,
    values: [rehearsalId],
  });
  for (const row of rows) {
    for (const ghostId of row.ghost_ids) await removeGhost(pool, ghostId);
    await pool.query({ ...sql.markGhostsRemoved, values: [row.rehearsal_id] });
  }
  return rows.flatMap((row) => row.ghost_ids);
}

/** Forgets ghosts that were removed longer ago than this, `limit` at most. Returns how many it looked at. */
export async function forgetGhosts(pool: Pool, ageSeconds: number, limit: number): Promise<number> {
  const age = `${ageSeconds} seconds`;
  const { rows } = await pool.query<{ drop_id: string }>({ ...sql.oldGhosts, values: [age, limit] });
  for (const { drop_id: ghostId } of rows) {
    for (let isForgotten = false; !isForgotten;) {
      const values = [ghostId, age, ROWS_A_PIECE];
      const done = await pool.query<{ forgotten: boolean }>({ ...sql.forgetGhost, values });
      isForgotten = done.rows[0]!.forgotten;
    }
  }
  return rows.length;
}

async function removeGhost(pool: Pool, ghostId: string): Promise<void> {
  for (let isRemoved = false; !isRemoved;) {
    const values = [ghostId, ROWS_A_PIECE];
    const { rows } = await pool.query<{ removed: boolean }>({ ...sql.removeGhost, values });
    isRemoved = rows[0]!.removed;
  }
}
