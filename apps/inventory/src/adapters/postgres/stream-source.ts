import type { PgoutputSource } from '@holdfast/messaging';
import { ROLES } from '@holdfast/postgres';

/** The publication of the ledger (see the migrations), and how it is read. */
export function inventoryStreamSource(url: string): PgoutputSource {
  return {
    url,
    role: ROLES.cdc,
    publication: 'holdfast_cdc',
    slotPrefix: 'holdfast_native',
    topicPrefix: 'holdfast',
    state: [
      { table: 'inventory.drop', key: ['drop_id'], order: ['drop_id'] },
      { table: 'inventory.stock', key: ['drop_id', 'sku'], order: ['drop_id', 'sku'] },
    ],
    outbox: {
      name: 'outbox',
      key: ['drop_id', 'id'],
      order: ['created_at', 'id'],
      where: `created_at > now() - interval '1 day'`,
    },
    heartbeatTable: 'inventory.cdc_heartbeat',
  };
}
