import type { Pool } from 'pg';
import { adminPool } from '../integration/stream-support';
import { type OwnLedger, startOwnLedger } from './own-ledger';
import { StreamServers } from './stream-servers';

// A slot is lost after some tens of megabytes, not hundreds, and not while a reader of usual traffic is away for a minute.
const SMALL_LOG = { max_slot_wal_keep_size: '96MB', max_wal_size: '64MB', min_wal_size: '32MB' };

/** A ledger on a server of its own, and Kafka and Kafka Connect that follow its log. */
export interface StreamLab {
  ledger: OwnLedger;
  servers: StreamServers;
  /** With all rights on the ledger. */
  pool: Pool;
  stop(): Promise<void>;
}

export async function startStreamLab(): Promise<StreamLab> {
  const ledger = await startOwnLedger(SMALL_LOG);
  const pool = adminPool(ledger.url);
  const servers = await StreamServers.start(ledger.url);
  const stop = async () => {
    await servers.stop();
    await pool.end();
    await ledger.drop();
  };
  return { ledger, servers, pool, stop };
}
