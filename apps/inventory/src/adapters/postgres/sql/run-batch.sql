-- One batch of a lane, see define-run-batch.sql for the parameters. One row.
SELECT * FROM inventory.run_batch(
  p_drop_id => $1,
  p_end_kinds => $2, p_end_hold_ids => $3, p_end_customer_ids => $4, p_end_order_ids => $5,
  p_payment_window_seconds => $6, p_expire_max => $7,
  p_hold_ids => $8, p_customer_ids => $9, p_fingerprints => $10, p_basket_ordinals => $11, p_customer_ordinals => $12,
  p_customers => $13, p_customer_asked => $14,
  p_skus => $15, p_sku_asked => $16,
  p_line_baskets => $17, p_line_sku_ordinals => $18, p_line_quantities => $19,
  p_network_ordinals => $20, p_block_ordinals => $21,
  p_networks => $22, p_network_weights => $23, p_network_asked => $24
)
