-- The origins that any merchant allows. Rows: one for each.
SELECT origin FROM accounts.allowed_origins() AS origin
