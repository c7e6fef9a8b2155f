-- Row-level security behind the predicates. Applied after every migration, so that a new table has it, too:
-- whatever has a merchant_id, or a drop_id, belongs to a merchant.
--
-- The service's own role (lanes, shoppers' reads, background work), the change stream and the auditor see all
-- rows: USING (true) is folded away when a statement is planned, so the lanes pay nothing for it. The role of
-- the merchants' connections sees the rows of the merchant that its transaction has set (asMerchant), and none
-- without one. It has the rights of the service on these tables, and none on others.
-- Rows with a drop are those whose drop the role can see: EXISTS is planned as a look-up by primary key for
-- few rows and as a hash of the merchant's drops for many. Ghosts are no merchant's to see, nor what belongs to
-- them. The owner of the tables is exempt: foreign keys are checked, and old holds purged, with its rights.
-- What is there already is left alone, so that an unchanged ledger is not locked.
DO $$
DECLARE
  v_table record;
  v_right text;
BEGIN
  FOR v_table IN
    SELECT c.oid, format('inventory.%I', c.relname) AS name,
      CASE WHEN bool_or(a.attname = 'merchant_id') THEN $own$merchant_id = current_setting('inventory.merchant_id', true)$own$
          || CASE WHEN bool_or(a.attname = 'ghost_of') THEN ' AND ghost_of IS NULL' ELSE '' END
        ELSE format('EXISTS (SELECT FROM inventory.drop own WHERE own.drop_id = %I.drop_id)', c.relname) END AS own
    FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname IN ('merchant_id', 'drop_id', 'ghost_of') AND NOT a.attisdropped
    WHERE c.relnamespace = 'inventory'::regnamespace AND c.relkind IN ('r', 'p')
    GROUP BY c.oid, c.relname
    ORDER BY c.relname
  LOOP
    IF NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = v_table.oid AND p.polname = 'of_merchant') THEN
      EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', v_table.name);
      EXECUTE format('CREATE POLICY of_service ON %s TO holdfast_inventory, holdfast_cdc, holdfast_auditor USING (true)', v_table.name);
      EXECUTE format('CREATE POLICY of_merchant ON %s TO holdfast_inventory_merchant USING (%s)', v_table.name, v_table.own);
    END IF;
    FOREACH v_right IN ARRAY ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE'] LOOP
      IF has_table_privilege('holdfast_inventory', v_table.oid, v_right)
        AND NOT has_table_privilege('holdfast_inventory_merchant', v_table.oid, v_right) THEN
        EXECUTE format('GRANT %s ON %s TO holdfast_inventory_merchant', v_right, v_table.name);
      END IF;
    END LOOP;
  END LOOP;
  IF NOT has_schema_privilege('holdfast_inventory_merchant', 'inventory', 'USAGE') THEN
    GRANT USAGE ON SCHEMA inventory TO holdfast_inventory_merchant;
  END IF;
END $$;
