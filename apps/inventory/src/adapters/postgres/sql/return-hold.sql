-- Puts the sold units of an order whose money never came back on offer, see define-return-hold.sql. One row.
SELECT code, stock FROM inventory.return_hold($1, $2, $3, $4, $5)
