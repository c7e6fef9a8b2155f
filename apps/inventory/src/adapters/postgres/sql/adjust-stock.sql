-- Changes the total of one SKU, see define-adjust-stock.sql. One row.
SELECT code, movement FROM inventory.adjust_stock($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
