import type { Pool } from 'pg';
import { openPool } from './pool';
import type { Role } from './roles';

// An import of 20,000 SKUs, or an audit of millions of holds, on a busy machine.
const STATEMENT_TIMEOUT_MS = 60_000;

const CONNECT_TRIES = 3;

/**
 * Opens the ledger in one role for one piece of work, and closes it whatever happens: an open pool would keep
 * the process alive.
 */
export async function withLedger<T>(
  url: string,
  role: Role,
  work: (pool: Pool) => Promise<T>,
  max = 1,
): Promise<T> {
  const pool = openPool({ url, role, max, name: 'holdfast-cli', statementTimeoutMs: STATEMENT_TIMEOUT_MS });
  try {
    await connectPatiently(pool);
    return await work(pool);
  } finally {
    await pool.end();
  }
}

/**
 * On a machine that is busy with a rush a connection can take longer than a service would wait; an operator
 * would only try again.
 */
async function connectPatiently(pool: Pool): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      (await pool.connect()).release();
      return;
    } catch (error) {
      if (tries >= CONNECT_TRIES || !/timeout/i.test((error as Error).message)) throw error;
    }
  }
}

/** Time is the database's: what a drop's state is now, it says. */
export async function ledgerNowMs(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ now_ms: number }>(
    'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now_ms',
  );
  return Math.floor(rows[0]!.now_ms);
}
