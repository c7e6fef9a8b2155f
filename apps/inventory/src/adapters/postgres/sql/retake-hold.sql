-- Takes the units of an ended hold again, see define-retake-hold.sql. One row.
SELECT code, stock FROM inventory.retake_hold($1, $2, $3, $4, $5)
