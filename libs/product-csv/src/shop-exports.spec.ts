import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseProductCsv, type ParseOptions } from './parse-product-csv';

const FIXTURES = resolve(__dirname, '../../../test/fixtures/import');

function parseFile(name: string, options: Partial<ParseOptions> = {}) {
  return parseProductCsv(readFileSync(resolve(FIXTURES, name)), { currency: 'EUR', ...options });
}

function parseRows(header: string, ...rows: string[]) {
  return parseProductCsv(Buffer.from([header, ...rows].join('\n')), { currency: 'EUR' });
}

function variantsOf({ products }: ReturnType<typeof parseFile>) {
  return products.flatMap(({ variants }) =>
    variants.map(({ sku, priceMinor, units }) => [sku, priceMinor, units]),
  );
}

const noteAt = (line: number, text: RegExp) => ({ line, note: expect.stringMatching(text) as string });

describe('exports of real shops', () => {
  it.each<[string, [string, number, number][], { line: number; note: string }[]]>([
    ['apostrophe-sku.csv', [['4006381000017', 7000, 4]], [noteAt(2, /apostrophe/)]],
    [
      'cr-with-lf-inside.csv',
      [
        ['CUP-1', 1200, 5],
        ['MUG-1', 900, 5],
      ],
      [],
    ],
    ['float-qty.csv', [['JAR-1', 850, 12]], []],
    ['handle-only-row.csv', [['VASE-1', 3000, 5]], [noteAt(3, /neither a variant nor an image/)]],
    [
      'negative-qty.csv',
      [
        ['SOCK-S', 900, 0],
        ['SOCK-M', 900, 14],
      ],
      [noteAt(2, /"-2" is negative/)],
    ],
    [
      'no-quantity-column.csv',
      [['LAMP-1', 4900, 0]],
      [noteAt(1, /no column "Variant Inventory Qty" \(or "Inventory quantity"\)/)],
    ],
    ['picture-row-with-title.csv', [['VASE-1', 3000, 5]], []],
    ['sep-line.csv', [['CUP-1', 1200, 5]], [noteAt(1, /sep=,/)]],
    [
      'shared-sku.csv',
      [
        ['BOOT-7-38', 9000, 3],
        ['BOOT-7-39', 9000, 2],
        ['BOOT-7-40', 9000, 1],
      ],
      [noteAt(2, /"BOOT-7-38"/), noteAt(3, /"BOOT-7-39"/), noteAt(4, /"BOOT-7-40"/)],
    ],
  ])('takes %s', (file, variants, notes) => {
    const parsed = parseFile(file);
    expect(parsed.bad).toEqual([]);
    expect(parsed.notActive).toEqual([]);
    expect(variantsOf(parsed)).toEqual(variants);
    expect(parsed.notes).toEqual(notes);
  });

  it('names pictures by addresses that a page may load', () => {
    const parsed = parseFile('picture-addresses.csv');
    expect(parsed.products.map(({ imageUrls }) => imageUrls)).toEqual([
      ['https://img.example/a.jpg'],
      ['https://img.example/b.jpg'],
      ['https://img.example/my%20picture.jpg?v=1'],
    ]);
    expect(parsed.notes).toEqual([noteAt(2, /https/)]);
  });

  it.each([['unlisted.csv'], ['gift-card.csv']])(
    'leaves out %s, unless hidden products are asked for',
    (file) => {
      const parsed = parseFile(file);
      expect(parsed).toMatchObject({ products: [], bad: [], notActive: [{ line: 2, reason: 'not active' }] });
      const all = parseFile(file, { includeHidden: true });
      expect(all).toMatchObject({ bad: [], notActive: [] });
      expect(all.products).toHaveLength(1);
    },
  );

  it.each([
    ['Status', 'draft', false],
    ['Status', 'ARCHIVED', false],
    ['Status', 'suspended', false],
    ['Status', 'Unlisted', true],
    ['Published', 'FALSE', true],
    ['Published', 'no', true],
    ['Published on online store', 'false', true],
    ['Gift Card', 'TRUE', true],
    ['Gift card', 'true', true],
  ])('%s %s is not on offer', (column, word, isHidden) => {
    const file = Buffer.from(
      `Handle,Variant Price,Option1 Value,${column}\nshown,1.00,,\ntee,oops,S,\ntee,1.00,M,${word}\n`,
    );
    const parsed = parseProductCsv(file, { currency: 'EUR' });
    expect(parsed.bad).toEqual([]);
    expect(parsed.notActive).toEqual([{ line: 3, reason: 'not active' }]);
    expect(parsed.products.map(({ handle }) => handle)).toEqual(['shown']);
    const all = parseProductCsv(file, { currency: 'EUR', includeHidden: true });
    expect(all.products.map(({ handle }) => handle)).toEqual(isHidden ? ['shown', 'tee'] : ['shown']);
  });

  it.each([
    ['Status', 'Active'],
    ['Published', 'TRUE'],
    ['Published', 'true'],
    ['Published on online store', 'Yes'],
    ['Gift Card', 'false'],
  ])('%s %s is on offer', (column, word) => {
    const parsed = parseRows(`Handle,Variant Price,${column}`, `tee,1.00,${word}`);
    expect(parsed).toMatchObject({ notActive: [], bad: [], products: [{ handle: 'tee' }] });
  });

  it('reads the columns of the newer export', () => {
    const parsed = parseRows(
      'Title,URL handle,Description,Vendor,Published on online store,Status,SKU,Option1 name,Option1 value,Price,Inventory quantity,Product image URL,Image position,Variant image URL,Gift card',
      'Tee,tee,<p>Soft</p>,Ulmo,TRUE,Active,TEE-S,Size,S,29.00,3,https://img.test/b.jpg,2,https://img.test/s.jpg,FALSE',
      ',tee,,,,,TEE-M,,M,29.00,0,https://img.test/a.jpg,1,,',
      'Mug,mug,,Ulmo,FALSE,Active,MUG,,,9.00,3,,,,FALSE',
    );
    expect(parsed).toMatchObject({ bad: [], notes: [], notActive: [{ line: 4 }] });
    expect(parsed.products).toMatchObject([
      {
        handle: 'tee',
        title: 'Tee',
        description: 'Soft',
        imageUrls: ['https://img.test/a.jpg', 'https://img.test/b.jpg'],
        variants: [
          { sku: 'TEE-S', options: ['S'], priceMinor: 2900, units: 3, imageUrl: 'https://img.test/s.jpg' },
          { sku: 'TEE-M', units: 0 },
        ],
      },
    ]);
  });
});

describe('one SKU at several variants', () => {
  const HEADER = 'Handle,Option1 Value,Option2 Value,Variant SKU,Variant Price,Variant Inventory Qty';

  it('is bad when the options are the same as well, or another product has it', () => {
    const parsed = parseRows(HEADER, 'a,S,,X,1,1', 'a,M,,X,1,1', 'a,S,,X,1,1', 'b,L,,X,1,1');
    expect(variantsOf(parsed)).toEqual([
      ['X-s', 100, 1],
      ['X-m', 100, 1],
    ]);
    expect(parsed.bad).toEqual([
      { line: 4, reason: expect.stringMatching(/already used in line 2.*same options/) },
      { line: 5, reason: expect.stringMatching(/already used in line 2, by the product "a"/) },
    ]);
  });

  it('is bad twice without any option', () => {
    const parsed = parseRows(HEADER, 'a,,,X,1,1', 'a,,,X,1,1');
    expect(parsed.bad.map(({ line }) => line)).toEqual([3]);
    expect(variantsOf(parsed)).toEqual([['X', 100, 1]]);
  });

  it('never becomes a SKU that stands elsewhere in the file', () => {
    const long = 'L'.repeat(100);
    const parsed = parseRows(
      HEADER,
      'a,S,,X,1,1',
      'a,s,,X,1,1',
      'a,★,,X,1,1',
      'a,,,X,1,1',
      'b,,,X-s,1,1',
      `c,S,,${long},1,1`,
      `c,M,,${long},1,1`,
    );
    expect(parsed.bad).toEqual([]);
    const skus = variantsOf(parsed).map(([sku]) => sku as string);
    expect(new Set(skus).size).toBe(7);
    expect(skus).toEqual(expect.arrayContaining(['X', 'X-s']));
    expect(skus.every((sku) => sku.length <= 100)).toBe(true);
  });

  it('drops an apostrophe before digits only, and sees the same SKU with and without one', () => {
    const parsed = parseRows(HEADER, "a,,,'007,1,1", 'b,,,007,1,1', "c,,,'n-roll,1,1");
    expect(variantsOf(parsed)).toEqual([
      ['007', 100, 1],
      ["'n-roll", 100, 1],
    ]);
    expect(parsed.bad.map(({ line }) => line)).toEqual([3]);
    expect(parsed.notes).toEqual([noteAt(2, /apostrophe.*"007"/)]);
  });
});

describe('notes', () => {
  const HEADER = 'Handle,Title,Variant SKU,Variant Price,Variant Inventory Qty,Image Src';

  it('tell of a price of 0 and of a file without any quantity', () => {
    const parsed = parseRows(HEADER, 'a,A,X,0.00,,', 'b,B,Y,5,,');
    expect(parsed.notes).toEqual([noteAt(1, /no row of the file has a quantity/), noteAt(2, /price is 0/)]);
  });

  it('are not made of blank quantities beside others, of 0 units or of -0', () => {
    expect(parseRows(HEADER, 'a,A,X,1,,', 'b,B,Y,5,0,', 'c,C,Z,5,-0,').notes).toEqual([]);
  });

  it('are not made of rows that are bad', () => {
    const parsed = parseRows(HEADER, "a,A,'1,oops,-3,", 'b,B,Y,5,1,');
    expect(parsed).toMatchObject({ notes: [], bad: [{ line: 2 }] });
  });
});
