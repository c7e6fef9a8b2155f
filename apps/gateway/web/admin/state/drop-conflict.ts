import { isLocked, valuesOfDrop } from './drop-fields';
import { asTyped } from './typed';
import type { AdminDrop } from './types';

type Values = Readonly<Record<string, string>>;

/** What the form of a drop shows: its fields by name, and the numbers of the items' rows. Row `n` is of the drop's item `n`; those after the last were added. */
export interface DropForm {
  values: Values;
  rows: readonly number[];
}

const ITEM_FIELDS = ['sku', 'total', 'name', 'price'] as const;
const ITEM_FIELD = new RegExp(`^(${ITEM_FIELDS.join('|')})-\\d+$`);

export const formOf = (drop: AdminDrop): DropForm => ({
  values: valuesOfDrop(drop),
  rows: [...drop.items.keys()],
});

/**
 * The form of their version, with what was typed into the form of the version before it. Items are found by SKU, since rows move when others add or remove
 * some. `lost`: SKUs for which something was typed, and which they have removed.
 */
export function typedOver(
  theirs: AdminDrop,
  before: AdminDrop,
  mine: DropForm,
): DropForm & { lost: readonly string[] } {
  const shown = valuesOfDrop(before);
  // A form gives back text without blanks around it: that alone is no change.
  const isTyped = (name: string) => asTyped(mine.values[name] ?? '') !== asTyped(shown[name] ?? '');
  const fields = Object.keys(mine.values).filter((name) => !ITEM_FIELD.test(name) && isTyped(name));
  const values = {
    ...valuesOfDrop(theirs),
    ...Object.fromEntries(fields.map((name) => [name, mine.values[name]!])),
  };
  const rows = new Set(theirs.items.keys());
  const lost: string[] = [];
  if (isLocked('items', theirs.state)) return { values, rows: [...rows], lost };

  const rowOf = new Map(theirs.items.map(({ sku }, row) => [sku, row]));
  const kept = new Set(mine.rows);
  for (const [row, { sku }] of before.items.entries()) if (!kept.has(row)) rows.delete(rowOf.get(sku) ?? -1);
  let next = theirs.items.length;
  for (const row of mine.rows) {
    const typed = ITEM_FIELDS.filter((field) => isTyped(`${field}-${row}`));
    if (typed.length === 0) continue;
    const old = before.items[row];
    const sku = old?.sku ?? mine.values[`sku-${row}`] ?? '';
    let target = rowOf.get(sku);
    if (target === undefined && old) {
      lost.push(sku);
      continue;
    }
    rows.add((target ??= next++));
    for (const field of typed) values[`${field}-${target}`] = mine.values[`${field}-${row}`]!;
  }
  if (rows.size === 0) rows.add(next); // a form has one row at least
  return { values, rows: [...rows], lost };
}
