import type { Migration } from '@holdfast/postgres';

const COLUMN = `
-- The id of what the request changed: a large answer is read from it when the change has been committed, and again when the answer is no longer kept.
ALTER TABLE inventory.merchant_request ADD COLUMN target text COLLATE "C";
-- Those that are bounded in bytes, newest first.
CREATE INDEX merchant_request_kept ON inventory.merchant_request (merchant_id, created_at DESC, request_key)
  WHERE target IS NOT NULL AND answer IS NOT NULL;`;

/** Answers to merchants' requests that are read after their transaction, and bounded in bytes. */
export const requestTargets: Migration = {
  name: 'RequestTargets1790000000017',
  statements: [COLUMN],
};
