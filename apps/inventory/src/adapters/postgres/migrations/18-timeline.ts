import type { Migration } from '@holdfast/postgres';

const INDEXES = `
-- The predicates are always true; only the timeline's statements repeat them, so no statement of a lane is planned with these indexes
-- (1-ledger.ts tells what happened with one that was). Times grow, so a new hold goes to the last page.
CREATE INDEX hold_placed ON inventory.hold (drop_id, created_at, hold_id) WHERE coalesce(units, 0) > 0;
CREATE INDEX hold_ended ON inventory.hold (drop_id, ended_at, hold_id) WHERE coalesce(ended_at, '-infinity') > '-infinity';
-- What was changed of a drop, and who released a hold.
CREATE INDEX audit_outbox_of_target ON inventory.audit_outbox (merchant_id, (target ->> 'id'), at);`;

/** Holds and changes of a drop in the order of time, for the merchant's timeline. */
export const timeline: Migration = {
  name: 'Timeline1790000000018',
  statements: [INDEXES],
};
