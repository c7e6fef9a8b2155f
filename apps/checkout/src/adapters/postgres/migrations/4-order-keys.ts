import type { Migration } from '@holdfast/postgres';

const TABLE = `
CREATE TABLE checkout.order_key (
  customer_id text COLLATE "C" NOT NULL,
  key_hash bytea NOT NULL CHECK (length(key_hash) = 32),
  drop_id text COLLATE "C" NOT NULL,
  claimed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (customer_id, key_hash)
);
CREATE INDEX order_key_age ON checkout.order_key USING brin (claimed_at);`;

// PostgreSQL asks for the right to update a column of whoever locks rows, as the purge does.
const GRANTS = `
GRANT SELECT, INSERT, DELETE, UPDATE (claimed_at) ON checkout.order_key TO holdfast_checkout;
GRANT SELECT ON checkout.order_key TO holdfast_auditor;`;

/**
 * In which drop a customer's key is in use. Orders are distributed by drop, so no constraint of theirs sees two drops; this table is distributed
 * by customer and written before the order.
 */
export const orderKeys: Migration = {
  name: 'OrderKeys1790000100004',
  statements: [TABLE, GRANTS],
};
