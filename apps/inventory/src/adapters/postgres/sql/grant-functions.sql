-- Grants EXECUTE on the functions of inventory. Applied after them; all other grants on functions are
-- revoked. The functions run with the caller's privileges; only the lanes need to call them.
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA inventory TO holdfast_inventory;
