import type { DropView } from '@holdfast/contracts';
import { formatMoney } from '@holdfast/kernel';
import { table } from './table';
import type { Colours } from './terminal';

/** One line a drop. */
export function dropsText(colours: Colours, drops: readonly DropView[]): string {
  if (drops.length === 0)
    return 'No drops yet. Create one with `npx holdfast import <file.csv>` or `npx holdfast drop create`.';
  const rows = drops.map((drop) => [
    drop.id,
    drop.name.slice(0, 40),
    stateText(colours, drop),
    drop.opensAt ?? '–',
    drop.items.length,
    ...(['available', 'held', 'sold', 'total'] as const).map((count) =>
      drop.items.reduce((sum, { stock }) => sum + stock[count], 0),
    ),
  ]);
  return table(
    colours,
    ['id', 'name', 'state', 'opens at', 'SKUs', 'available', 'held', 'sold', 'total'],
    rows,
  );
}

/** A drop with its items. */
export function dropText(colours: Colours, drop: DropView): string {
  const facts = [
    ['id', drop.id],
    ['state', stateText(colours, drop)],
    ['opens at', drop.opensAt ?? '–'],
    ['closes at', drop.closesAt ?? '–'],
    ['limit', `${drop.perCustomerLimit} units per customer`],
    ['hold time', `${drop.holdTtlSeconds} s`],
  ].map(([name, value]) => `${name!.padEnd(11)}${value}`);
  const rows = drop.items.map(({ sku, name, price, stock }) => [
    sku,
    name.slice(0, 50),
    formatMoney(price),
    stock.available,
    stock.held,
    stock.sold,
    stock.total,
  ]);
  const items = table(colours, ['SKU', 'name', 'price', 'available', 'held', 'sold', 'total'], rows);
  return [colours.bold(drop.name), ...facts, '', items].join('\n');
}

function stateText(colours: Colours, { state }: DropView): string {
  switch (state) {
    case 'open':
      return colours.green(state);
    case 'paused':
      return colours.yellow(state);
    case 'closed':
      return colours.dim(state);
    case 'draft':
    case 'scheduled':
      return state;
  }
}
