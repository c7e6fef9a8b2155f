/** The columns of a product export that are read; all others are ignored. The first name is Shopify's classic one, the others what its newer exports say. */
export const COLUMNS = {
  handle: ['Handle', 'URL handle'],
  title: ['Title'],
  body: ['Body (HTML)', 'Description'],
  status: ['Status'],
  published: ['Published'],
  publishedOnline: ['Published on online store'],
  giftCard: ['Gift Card'],
  image: ['Image Src', 'Product image URL'],
  imagePosition: ['Image Position'],
  option1: ['Option1 Value'],
  option2: ['Option2 Value'],
  option3: ['Option3 Value'],
  sku: ['Variant SKU', 'SKU'],
  price: ['Variant Price', 'Price'],
  quantity: ['Variant Inventory Qty', 'Inventory quantity'],
  variantImage: ['Variant Image', 'Variant image URL'],
} as const;

export type ColumnName = keyof typeof COLUMNS;
export type ColumnIndex = Partial<Record<ColumnName, number>>;

const REQUIRED = ['handle', 'price'] as const;

const KNOWN = new Set(
  Object.values(COLUMNS)
    .flat()
    .map((spelling) => spelling.toLowerCase()),
);

/** How many of these names are columns of a product export, in any case. */
export function knownColumns(names: readonly string[]): number {
  return names.filter((name) => KNOWN.has(name.trim().toLowerCase())).length;
}

export type ColumnsFound = { kind: 'found'; index: ColumnIndex } | { kind: 'fault'; reason: string };

/** Finds the columns in the header, in any order and any case. */
export function findColumns(header: readonly string[]): ColumnsFound {
  const names = header.map((name) => name.trim().toLowerCase());
  const index: ColumnIndex = {};
  for (const [column, spellings] of Object.entries(COLUMNS) as [ColumnName, readonly string[]][]) {
    for (const spelling of spellings) {
      const at = names.indexOf(spelling.toLowerCase());
      if (at < 0) continue;
      if (names.includes(spelling.toLowerCase(), at + 1))
        return { kind: 'fault', reason: `the column "${spelling}" appears twice` };
      index[column] = at;
      break;
    }
  }
  const missing = REQUIRED.filter((column) => index[column] === undefined).map(spelled);
  if (missing.length === 0) return { kind: 'found', index };
  return {
    kind: 'fault',
    reason: `the header has no column ${missing.join(' and none ')}: is this a product export in Shopify's CSV format?`,
  };
}

/** `"Handle" (or "URL handle")` */
export function spelled(column: ColumnName): string {
  const [first, ...others] = COLUMNS[column] as readonly string[];
  return `"${first}"${others.map((other) => ` (or "${other}")`).join('')}`;
}
