-- Releases a hold for its merchant, see define-release-for-merchant.sql. One row.
SELECT code, hold FROM inventory.release_for_merchant($1, $2, $3, $4, $5, $6, $7, $8, $9)
