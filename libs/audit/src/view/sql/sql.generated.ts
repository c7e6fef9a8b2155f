// Made by tools/embed-sql.mjs from the .sql files of this folder. Do not edit.
export const sql = {
  publicCounts: { name: "public-counts", text: "-- The counts of every SKU on sale in every drop that is not a draft, and what shoppers see of them. A SKU that was taken out of its drop keeps\n-- a row of stock, and nobody is shown it. Reads only; role auditor. Rows: one for each SKU of a drop.\nSELECT s.drop_id, s.sku, s.available, s.held, s.sold, s.total, s.epoch, s.stock_display,\n  CASE WHEN s.stock_display = 'exact' THEN s.version ELSE s.shown_version END AS version\nFROM inventory.stock s\nJOIN inventory.drop d ON d.drop_id = s.drop_id\nJOIN inventory.item i ON i.drop_id = s.drop_id AND i.sku = s.sku\nWHERE d.state <> 'draft' AND i.removed_at IS NULL\n" },
} as const;
