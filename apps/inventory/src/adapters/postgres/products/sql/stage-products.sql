-- Sets a part of an import aside; a part that is sent again changes nothing.
-- $1 merchant_id, $2 import_id, $3 part, $4 products, $5 skus. Rows: none.
INSERT INTO inventory.product_import (merchant_id, import_id, part, products, skus)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT DO NOTHING
