-- Replaces the settings of a merchant whose row is locked. $1 merchant_id, $2 name, $3 support_email, $4 default_currency, $5 allowed_origins,
-- $6 brand_accent, $7 brand_logo_url, $8 refund_step_up_minor, $9 require_mfa. Rows: 1.
UPDATE accounts.merchant
SET name = $2, support_email = $3, default_currency = $4, allowed_origins = $5, brand_accent = $6, brand_logo_url = $7, refund_step_up_minor = $8,
  require_mfa = $9, revision = revision + 1
WHERE merchant_id = $1
RETURNING revision
