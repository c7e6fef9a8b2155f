import type { Migration } from '@holdfast/postgres';

const INDEXES = `
CREATE INDEX charge_age ON sandbox.charge USING brin (created_at);
CREATE INDEX webhook_age ON sandbox.webhook USING brin (created_at);`;

/** For the purges of the sandbox, which forget by age. */
export const purges: Migration = {
  name: 'Purges1790000100005',
  statements: [INDEXES],
};
