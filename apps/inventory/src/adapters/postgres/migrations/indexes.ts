import type { IndexFile } from '@holdfast/postgres';

/**
 * Holds are placed while a ledger is upgraded: these are built beside that. The predicates are always true, or are
 * those of ended holds; each is written as no other is, and only the statements that it is for repeat it, so no
 * statement of a lane is planned with it (1-ledger.ts tells what happened with one that was).
 */
export const holdIndexes: readonly IndexFile[] = [
  // The timeline. Times grow, so a new hold goes to the last page.
  {
    name: 'hold_placed',
    definition: 'ON inventory.hold (drop_id, created_at, hold_id) WHERE coalesce(units, 0) > 0',
  },
  {
    name: 'hold_ended',
    definition: `ON inventory.hold (drop_id, ended_at, hold_id) WHERE coalesce(ended_at, '-infinity') > '-infinity'`,
  },
  // A customer's holds in a drop, for merchants: the ended ones, so that placing a hold writes nothing to it; the
  // live ones are in hold_customer.
  {
    name: 'hold_ended_of_customer',
    definition: `ON inventory.hold (drop_id, customer_id, hold_id) WHERE coalesce(ended_at, 'epoch') > 'epoch'`,
  },
  // What was changed of a drop, and who released a hold.
  {
    name: 'audit_outbox_of_target',
    definition: `ON inventory.audit_outbox (merchant_id, (target ->> 'id'), at)`,
  },
];
