-- Until the commit nobody else adds to this merchant's chain. The number is that of the chains, among the advisory locks of the product.
-- $1 merchant_id. Rows: 1.
SELECT pg_advisory_xact_lock(7116201, hashtext($1))
