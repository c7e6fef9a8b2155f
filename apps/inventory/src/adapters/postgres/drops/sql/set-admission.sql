-- Sets how many new holds a minute a drop that is locked takes. A new revision, by which gateways learn of it.
-- $1 drop_id, $2 merchant_id, $3 holds a minute or null, $4 rehearsal_id or null. Rows: 1, or 0 = it is so already.
UPDATE inventory.drop SET admission_per_minute = $3, admission_from = $4, revision = revision + 1
WHERE drop_id = $1 AND merchant_id = $2 AND deleted_at IS NULL
  AND (admission_per_minute IS DISTINCT FROM $3::integer OR admission_from IS DISTINCT FROM $4::text)
