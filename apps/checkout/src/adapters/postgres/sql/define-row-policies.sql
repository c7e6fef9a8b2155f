-- Row-level security behind the predicates; see the file of this name in inventory, which says why it is made
-- like this. An order has its merchant; what has an order_id belongs to the merchant of that order, which is
-- looked up by its primary key: a subquery for one value is never planned as a hash of all orders of the
-- merchant, as EXISTS was for a page of the timeline. Nothing else is for merchants: their role has no right on it.
DO $$
DECLARE
  v_table record;
  v_right text;
BEGIN
  FOR v_table IN
    SELECT c.oid, format('checkout.%I', c.relname) AS name,
      CASE
        WHEN bool_or(a.attname = 'merchant_id') THEN $own$merchant_id = current_setting('checkout.merchant_id', true)$own$
        WHEN bool_or(a.attname = 'order_id') THEN
          format('(SELECT true FROM checkout.orders own WHERE own.drop_id = %1$I.drop_id AND own.order_id = %1$I.order_id)', c.relname)
      END AS own
    FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname IN ('merchant_id', 'drop_id', 'order_id') AND NOT a.attisdropped
    WHERE c.relnamespace = 'checkout'::regnamespace AND c.relkind IN ('r', 'p')
    GROUP BY c.oid, c.relname
    ORDER BY c.relname
  LOOP
    IF NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = v_table.oid AND p.polname = 'of_service') THEN
      EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', v_table.name);
      EXECUTE format('CREATE POLICY of_service ON %s TO holdfast_checkout, holdfast_cdc, holdfast_auditor USING (true)', v_table.name);
      IF v_table.own IS NOT NULL THEN
        EXECUTE format('CREATE POLICY of_merchant ON %s TO holdfast_checkout_merchant USING (%s)', v_table.name, v_table.own);
      END IF;
    END IF;
    CONTINUE WHEN v_table.own IS NULL;
    FOREACH v_right IN ARRAY ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE'] LOOP
      IF has_table_privilege('holdfast_checkout', v_table.oid, v_right)
        AND NOT has_table_privilege('holdfast_checkout_merchant', v_table.oid, v_right) THEN
        EXECUTE format('GRANT %s ON %s TO holdfast_checkout_merchant', v_right, v_table.name);
      END IF;
    END LOOP;
  END LOOP;
  IF NOT has_schema_privilege('holdfast_checkout_merchant', 'checkout', 'USAGE') THEN
    GRANT USAGE ON SCHEMA checkout TO holdfast_checkout_merchant;
  END IF;
END $$;
