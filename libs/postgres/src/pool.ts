import { Pool } from 'pg';
import type { Role } from './roles';
import { SessionClient, sessionConfig } from './session';

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

/** A pool whose connections hold one role and cannot wait for ever: pg's defaults do, on a stalled server. */
export function openPool({ max, ...session }: PoolOptions): Pool {
  const pool = new Pool({ ...sessionConfig(session), max, Client: SessionClient });
  // An idle connection that the server closes is replaced at its next use; without a listener it would end the process.
  pool.on('error', () => undefined);
  return pool;
}
