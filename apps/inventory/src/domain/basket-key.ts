/**
 * The same for the same lines in the same order. The length before each SKU keeps two baskets apart whatever
 * characters a SKU has.
 */
export function basketKey(lines: readonly { sku: string; quantity: number }[]): string {
  let key = '';
  for (const { sku, quantity } of lines) key += `${quantity}:${sku.length}:${sku}`;
  return key;
}
