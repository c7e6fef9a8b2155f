import fc from 'fast-check';
import { parseProductCsv } from './parse-product-csv';

interface Product {
  handle: string;
  title: string;
  status: string;
  images: string[];
  variants: { sku: string; option: string; cents: number; units: number }[];
}

/** Cells come back trimmed; inside they may hold anything that CSV has words for, in any script. */
const cell = fc
  .string({
    unit: fc.constantFrom('a', 'Z', '7', ' ', ',', '"', '\n', '\r\n', ';', "'", 'é', '漢', '😀', '<', '&'),
    maxLength: 12,
  })
  .map((text) => `x${text}x`);
const line = cell.map((text) => text.replace(/[\r\n]+/g, ' '));

const product: fc.Arbitrary<Product> = fc.record({
  handle: line,
  title: line,
  status: fc.constantFrom('active', 'Active', '', 'draft', 'archived'),
  images: fc.uniqueArray(
    fc.nat(99).map((n) => `https://img.test/${n}.jpg`),
    { maxLength: 4 },
  ),
  variants: fc.uniqueArray(
    fc.record({ sku: line, option: line, cents: fc.nat(10_000_000), units: fc.nat(100_000_000) }),
    { minLength: 1, maxLength: 4, selector: (variant) => variant.option },
  ),
});

const products = fc.uniqueArray(product, { maxLength: 8, selector: ({ handle }) => handle }).map((list) =>
  list.map((it, at) => ({
    ...it,
    variants: it.variants.map((v, i) => ({ ...v, sku: `${v.sku}${at}-${i}` })),
  })),
);

const style = fc.record({
  newline: fc.constantFrom('\n', '\r\n'),
  bom: fc.boolean(),
  lastNewline: fc.boolean(),
  columns: fc.shuffledSubarray(
    [
      'Handle',
      'Title',
      'Body (HTML)',
      'Status',
      'Option1 Value',
      'Variant SKU',
      'Variant Price',
      'Variant Inventory Qty',
      'Image Src',
      'Google Shopping / Custom',
    ],
    { minLength: 10 },
  ),
  quoting: fc.array(fc.boolean(), { minLength: 7, maxLength: 7 }),
});

type Style = typeof style extends fc.Arbitrary<infer T> ? T : never;
type Row = Record<string, string>;

function rowsOf(it: Product): Row[] {
  const rows: Row[] = it.variants.map((variant, at) => ({
    Handle: it.handle,
    'Option1 Value': variant.option,
    'Variant SKU': variant.sku,
    'Variant Price': (variant.cents / 100).toFixed(2),
    'Variant Inventory Qty': `${variant.units}`,
    'Google Shopping / Custom': 'a,"b"\n',
    ...(at === 0 && { Title: it.title, Status: it.status, 'Image Src': it.images[0] ?? '' }),
  }));
  return [...rows, ...it.images.slice(1).map((image) => ({ Handle: it.handle, 'Image Src': image }))];
}

function serialise(list: Product[], { newline, bom, lastNewline, columns, quoting }: Style): Buffer {
  let written = 0;
  const write = (text: string) => {
    written += 1;
    const must = /[",\r\n]/.test(text);
    return must || quoting[written % quoting.length] ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = [columns, ...list.flatMap(rowsOf).map((row) => columns.map((name) => row[name] ?? ''))].map(
    (fields) => fields.map(write).join(','),
  );
  return Buffer.from((bom ? '\ufeff' : '') + lines.join(newline) + (lastNewline ? newline : ''));
}

describe('product CSV, any file', () => {
  it('comes back as it was, however it is quoted, ended and ordered', () => {
    fc.assert(
      fc.property(products, style, (list, how) => {
        const parsed = parseProductCsv(serialise(list, how), { currency: 'EUR' });
        const active = list.filter(({ status }) => status !== 'draft' && status !== 'archived');
        expect(parsed.bad).toEqual(list.length === 0 ? [expect.objectContaining({ line: 1 })] : []);
        expect(parsed.notActive).toHaveLength(list.length - active.length);
        expect(
          parsed.products.map(({ handle, title, imageUrls, variants }) => ({
            handle,
            title,
            imageUrls,
            variants: variants.map(({ sku, options, priceMinor, units }) => ({
              sku,
              option: options[0],
              cents: priceMinor,
              units,
            })),
          })),
        ).toEqual(
          active.map(({ handle, title, images, variants }) => ({
            handle,
            title: title.replace(/\s+/g, ' '),
            imageUrls: images,
            variants,
          })),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('never throws, whatever the bytes', () => {
    const noise = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      fc
        .string({ unit: fc.constantFrom(',', '"', '\n', '\r', 'a', '1', '\0', ' ', '.'), maxLength: 80 })
        .map((text) => Buffer.from(`Handle,Variant Price\n${text}`)),
    );
    fc.assert(
      fc.property(noise, (bytes) => {
        const { bad, products: found, notActive } = parseProductCsv(bytes, { currency: 'EUR' });
        for (const { line: at, reason } of [...bad, ...notActive]) {
          expect(at).toBeGreaterThanOrEqual(1);
          expect(reason).not.toBe('');
        }
        expect(bad.length + found.length + notActive.length).toBeGreaterThanOrEqual(
          bytes.length === 0 ? 1 : 0,
        );
      }),
      { numRuns: 1000 },
    );
  });
});
