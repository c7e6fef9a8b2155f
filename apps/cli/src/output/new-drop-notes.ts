import type { DropRecord } from '@holdfast/contracts';
import type { CommandContext } from '../command-context';
import { findAddress, findProduct } from '../product/find-product';

/** A SKU that another drop offers as well has two stocks, and nothing keeps their sum to what is on the shelf. */
export function onSaleNote({ sku, dropId, drops }: { sku: string; dropId: string; drops: number }): string {
  const others = drops > 1 ? ` and ${drops - 1} more` : '';
  return `the SKU ${JSON.stringify(sku)} is also on sale in the drop ${dropId}${others}; each drop has its own units`;
}

/** Says where shoppers find a new drop, on standard error: the answer is for programs. */
export function tellShopAddress({ env, terminal }: CommandContext, drop: DropRecord): void {
  const address = `${findAddress(findProduct(env))}/d/${drop.id}`;
  const draft = drop.state === 'draft' ? ` (after \`npx holdfast drop open ${drop.id}\`)` : '';
  terminal.note(`Shop address: ${address}${draft}`);
}
