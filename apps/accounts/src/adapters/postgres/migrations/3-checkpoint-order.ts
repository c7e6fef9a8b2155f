import type { Migration } from '@holdfast/postgres';

const ORDER = `
-- The order in which checkpoints were made: that of their times is another one after the clock was set back.
ALTER TABLE accounts.audit_checkpoint ADD COLUMN made bigint NOT NULL GENERATED ALWAYS AS IDENTITY;
CREATE INDEX audit_checkpoint_made ON accounts.audit_checkpoint (merchant_id, made);`;

/** For what is due: the newest checkpoint is the one that was made last, whatever its time. */
export const checkpointOrder: Migration = {
  name: 'CheckpointOrder1790000200003',
  statements: [ORDER],
};
