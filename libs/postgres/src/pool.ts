import { Pool } from 'pg';
import type { Role } from './roles';

export interface PoolOptions {
  url: string;
  role: Role;
  /** Connections at most. */
  max: number;
  /** Shown in pg_stat_activity. */
  name: string;
  /** A statement that runs longer is cancelled by the server. */
  statementTimeoutMs?: number;
}

const CONNECT_TIMEOUT_MS = 3_000; // also bounds the wait for a free connection, so a full pool refuses instead of piling up
const STATEMENT_TIMEOUT_MS = 5_000;
const LOCK_TIMEOUT_MS = 3_000;
const IDLE_IN_TRANSACTION_MS = 10_000;
const CLIENT_GRACE_MS = 1_000; // the server's own timeout should speak first; the client's is for a server that is gone

/** A pool whose connections hold one role and cannot wait for ever: pg's defaults do, on a stalled server. */
export function openPool({
  url,
  role,
  max,
  name,
  statementTimeoutMs = STATEMENT_TIMEOUT_MS,
}: PoolOptions): Pool {
  const pool = new Pool({
    connectionString: url,
    max,
    application_name: name,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: statementTimeoutMs + CLIENT_GRACE_MS,
    keepAlive: true,
    options: [
      `-c role=${role}`,
      `-c statement_timeout=${statementTimeoutMs}`,
      `-c lock_timeout=${LOCK_TIMEOUT_MS}`,
      `-c idle_in_transaction_session_timeout=${IDLE_IN_TRANSACTION_MS}`,
      '-c timezone=UTC',
      '-c jit=off',
    ].join(' '),
  });
  // An idle connection that the server closes is replaced at its next use; without a listener it would end the process.
  pool.on('error', () => undefined);
  return pool;
}
