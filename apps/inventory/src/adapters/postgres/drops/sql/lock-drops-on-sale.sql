-- Lets one transaction at a time put a drop of this merchant on sale, or make a draft, so that `count-drops-on-sale.sql` and `count-drafts.sql`, in
-- a statement of its own and so with a snapshot of its own, counts what the one before has committed. $1 merchant_id. Rows: 1.
SELECT pg_advisory_xact_lock(hashtextextended('drops on sale of ' || $1::text, 0))
