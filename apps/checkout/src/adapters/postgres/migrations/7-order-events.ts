import type { Migration } from '@holdfast/postgres';

const TABLE = `
-- When an order began and when it came to each of its ends. Written by a trigger in the transaction that moves the order; never changed.
CREATE TABLE checkout.order_event (
  drop_id text COLLATE "C" NOT NULL,
  at timestamptz NOT NULL,
  order_id text COLLATE "C" NOT NULL,
  -- 1 created, 2 failed, 3 cancelled, 4 paid, 5 refunded: the order of what has the same time.
  what smallint NOT NULL CHECK (what BETWEEN 1 AND 5),
  -- Why it failed.
  reason text,
  PRIMARY KEY (drop_id, at, order_id, what)
);
-- Orders of before: the end that they have is the last one that is known.
INSERT INTO checkout.order_event (drop_id, at, order_id, what)
SELECT drop_id, created_at, order_id, 1 FROM checkout.orders;
INSERT INTO checkout.order_event (drop_id, at, order_id, what, reason)
SELECT drop_id, updated_at, order_id, CASE state WHEN 'failed' THEN 2 WHEN 'paid' THEN 4 ELSE 5 END, CASE WHEN state = 'failed' THEN reason END
FROM checkout.orders WHERE state IN ('failed', 'paid', 'refunded')
ON CONFLICT DO NOTHING;
-- One join checks all rows at once, which is many times faster than a look-up for each.
ALTER TABLE checkout.order_event ADD FOREIGN KEY (drop_id, order_id) REFERENCES checkout.orders;`;

const GRANTS = `
GRANT SELECT, INSERT ON checkout.order_event TO holdfast_checkout;
GRANT SELECT ON checkout.order_event TO holdfast_auditor;`;

/** The order of what happened to the orders of a drop, for the merchant's timeline. */
export const orderEvents: Migration = {
  name: 'OrderEvents1790000100007',
  statements: [TABLE, GRANTS],
};
