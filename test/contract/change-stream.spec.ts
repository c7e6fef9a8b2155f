import { PgoutputChangeStream } from '@holdfast/messaging';
import { silentLogger } from '@holdfast/observability';
import { MerchantDrops } from '../support/merchant-drops';
import { inventoryStreamSource } from '../../apps/inventory/src/adapters/postgres/stream-source';
import { adminPool, dropSlots } from '../integration/stream-support';
import { createLedger } from '../support/database';
import { changeStreamContract } from './change-stream.contract';

changeStreamContract('pgoutput, read in this process', async () => {
  const ledger = await createLedger('change_stream');
  const pool = adminPool(ledger.url);
  const catalogue = new MerchantDrops(pool);
  return {
    open: () => new PgoutputChangeStream(inventoryStreamSource(ledger.url), silentLogger()),
    query: async (text, values) => (await pool.query(text, values)).rows,
    createDrop: async (drop) => (await catalogue.create(drop)).drop.id,
    close: async () => {
      await dropSlots(pool, ledger.url);
      await pool.end();
      await ledger.drop();
    },
  };
});
