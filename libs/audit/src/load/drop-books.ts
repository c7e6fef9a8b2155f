import { setTimeout as pause } from 'node:timers/promises';
import type { Pool } from 'pg';
import { sql } from './sql/sql.generated';

const SETTLE_MS = 60_000; // a payment whose outcome is unknown is settled within 15 s
const POLL_MS = 500;

/** The data of the ledger and the payment provider on one drop. */
export interface DropBooks {
  holds: number;
  paid: number;
  pending: number;
  charges: number;
  chargedOrders: number;
  keptMinor: number;
  owedMinor: number;
}

/** Waits up to a minute until every order of the drop is settled. Role: auditor. */
export async function settledBooks(pool: Pool, dropId: string, signal: AbortSignal): Promise<DropBooks> {
  const end = performance.now() + SETTLE_MS;
  for (;;) {
    const { rows } = await pool.query<DropBooks>(sql.dropBooks.text, [dropId]);
    const books = rows[0]!;
    if (books.pending === 0 || performance.now() >= end || signal.aborted) return books;
    await pause(POLL_MS);
  }
}
