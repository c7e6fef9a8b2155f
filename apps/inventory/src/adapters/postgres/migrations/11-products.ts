import type { Migration } from '@holdfast/postgres';

const PRODUCTS = `
-- In the order in which the merchant gave them.
ALTER TABLE inventory.product_sku ADD COLUMN position integer NOT NULL DEFAULT 0;
CREATE INDEX product_sku_of_product ON inventory.product_sku (merchant_id, product_id);
CREATE INDEX product_newest ON inventory.product (merchant_id, created_at DESC, product_id);`;

const IMPORTS = `
-- Parts of imports that are on their way; an import that was given up is forgotten after an hour. Unlogged: after a crash the file is sent again.
CREATE UNLOGGED TABLE inventory.product_import (
  merchant_id text COLLATE "C" NOT NULL,
  import_id text COLLATE "C" NOT NULL,
  part integer NOT NULL,
  products jsonb NOT NULL,
  skus jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (merchant_id, import_id, part)
);
CREATE INDEX product_import_age ON inventory.product_import (created_at);`;

const GRANTS = `
-- Drops copy what they sell, and refer to a SKU by its text: nothing refers to these rows.
GRANT DELETE ON inventory.product, inventory.product_sku TO holdfast_inventory;
GRANT SELECT, INSERT, DELETE ON inventory.product_import TO holdfast_inventory;`;

/** Products that merchants change and import by themselves. */
export const products: Migration = {
  name: 'Products1790000000011',
  statements: [PRODUCTS, IMPORTS, GRANTS],
};
