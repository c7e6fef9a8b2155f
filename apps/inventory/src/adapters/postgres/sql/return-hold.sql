-- Makes the sold units of an order without payment available again, see define-return-hold.sql. One row.
SELECT code, stock FROM inventory.return_hold($1, $2, $3, $4, $5)
