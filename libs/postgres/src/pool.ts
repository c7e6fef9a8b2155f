import { Pool } from 'pg';
import type { Role } from './roles';
import { SessionClient, sessionConfig } from './session';

export interface PoolOptions {
  url: string;
  role: Role;
  /** Maximum number of connections. */
  max: number;
  /** Shown in pg_stat_activity. */
  name: string;
  /** The server cancels statements that run longer. */
  statementTimeoutMs?: number;
  /** How long to wait for a free connection, or a new one. */
  connectTimeoutMs?: number;
}

/**
 * A pool whose connections set one role and have timeouts; with pg's defaults they would wait indefinitely
 * for a stalled server.
 */
export function openPool({ max, ...session }: PoolOptions): Pool {
  const pool = new Pool({ ...sessionConfig(session), max, Client: SessionClient });
  // An idle connection that the server closes is replaced at its next use; without a listener the error would
  // end the process.
  pool.on('error', () => undefined);
  return pool;
}
