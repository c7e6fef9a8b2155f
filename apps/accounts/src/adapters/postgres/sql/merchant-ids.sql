-- All merchants of the installation, oldest first: for the operator and for the start of the product. Rows: one for each.
SELECT merchant_id FROM accounts.merchant_ids() AS merchant_id
