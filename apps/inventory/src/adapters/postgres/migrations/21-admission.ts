import type { Migration } from '@holdfast/postgres';

const COLUMNS = `
-- New holds a minute, over all gateways; null: as many as come. A gateway counts them, the ledger only says how many.
-- admission_from is the rehearsal that the figure is from, without a reference: rehearsals are trimmed, the figure stays.
ALTER TABLE inventory.drop
  ADD COLUMN admission_per_minute integer CHECK (admission_per_minute BETWEEN 1 AND 1200000),
  ADD COLUMN admission_from text COLLATE "C" CHECK (length(admission_from) <= 64);`;

/** The rate at which a drop takes new holds. */
export const admission: Migration = {
  name: 'Admission1790000000021',
  statements: [COLUMNS],
};
