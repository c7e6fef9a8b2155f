import type { Migration } from '@holdfast/postgres';

const BASKET = `
-- The lines of one order of goods, worked out once for the many holds of a batch that ask for the same.
CREATE TYPE inventory.basket AS (skus text[], quantities integer[], prices_minor bigint[], units integer);`;

/** What the functions of the lanes pass to each other. */
export const lane: Migration = {
  name: 'Lane1790000000002',
  statements: [BASKET],
};
