-- One merchant. $1 merchant_id. Rows: 1 or 0.
SELECT merchant_id, name, support_email, default_currency, allowed_origins, brand_accent, brand_logo_url, refund_step_up_minor::float8, require_mfa,
  revision, created_at
FROM accounts.merchant WHERE merchant_id = $1
