import type { Migration } from '@holdfast/postgres';

const MARKS = `
-- Null: accounts has not said yet that it stands in the chain. A mark and no cursor, because a lower number can be committed later than a higher one.
ALTER TABLE inventory.audit_outbox ADD COLUMN chained_at timestamptz;
CREATE INDEX audit_outbox_to_chain ON inventory.audit_outbox (fact_id) WHERE chained_at IS NULL;
GRANT UPDATE (chained_at) ON inventory.audit_outbox TO holdfast_inventory;`;

/** Which facts stand in the chain of their merchant. */
export const factsChained: Migration = {
  name: 'FactsChained1790000000015',
  statements: [MARKS],
};
