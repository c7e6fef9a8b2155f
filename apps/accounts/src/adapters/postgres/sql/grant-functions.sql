-- Who may call the functions of accounts. Applied after them, with every other right to a function revoked.
GRANT EXECUTE ON FUNCTION accounts.merchant_of_email, accounts.merchant_of_refresh_token, accounts.merchant_of_link, accounts.merchant_of_api_key,
  accounts.merchant_ids, accounts.allowed_origins, accounts.revoke, accounts.revocations_after, accounts.purge, accounts.merchants_to_chain,
  accounts.merchants_to_seal TO holdfast_accounts;
