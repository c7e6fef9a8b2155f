-- Grants EXECUTE on the functions of inventory. Applied after them; all other grants on functions are
-- revoked. The functions run with the caller's privileges; only the lanes need to call them, some of them as
-- a merchant. Those that run with the privileges of the tables' owner, who sees all merchants, are not for
-- merchants; real_drop_open tells no more than whether there is one.
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA inventory TO holdfast_inventory, holdfast_inventory_merchant;
REVOKE EXECUTE ON FUNCTION inventory.purge_holds FROM holdfast_inventory_merchant;
REVOKE EXECUTE ON FUNCTION inventory.remove_ghost, inventory.forget_ghost FROM holdfast_inventory_merchant;
