-- Merchants with facts that stand in no chain yet. Rows: one for each.
SELECT merchant_id FROM accounts.merchants_to_chain() AS merchant_id
