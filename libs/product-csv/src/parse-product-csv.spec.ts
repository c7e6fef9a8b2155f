import { parseProductCsv } from './parse-product-csv';
import { readRecords } from './read-records';

const HEADER =
  'Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price,Variant Inventory Qty,Image Src,Status';

function parse(text: string | Buffer, currency = 'EUR') {
  return parseProductCsv(Buffer.from(text as string), { currency });
}

function parseRows(...rows: string[]) {
  return parse([HEADER, ...rows].join('\n'));
}

function skusOf(parsed: ReturnType<typeof parse>) {
  return parsed.products.flatMap((product) => product.variants.map(({ sku, units }) => `${sku}=${units}`));
}

describe('product CSV', () => {
  it('reads several rows of one product, and pictures from rows that have nothing else', () => {
    const parsed = parseRows(
      'tee,Club Tee,Size,S,TEE-S,29.00,10,https://img.test/a.jpg,active',
      'tee,,,M,TEE-M,31.5,0,,',
      'tee,,,,,,,https://img.test/b.jpg,',
    );
    expect(parsed.bad).toEqual([]);
    expect(parsed.products).toHaveLength(1);
    expect(parsed.products[0]).toMatchObject({
      title: 'Club Tee',
      imageUrls: ['https://img.test/a.jpg', 'https://img.test/b.jpg'],
      variants: [
        { sku: 'TEE-S', options: ['S'], priceMinor: 2900, units: 10, line: 2 },
        { sku: 'TEE-M', options: ['M'], priceMinor: 3150, units: 0, line: 3 },
      ],
    });
  });

  it('names the line where a record starts, past quoted line breaks and blank lines', () => {
    const parsed = parse(
      'Handle,Variant Price,Body (HTML)\r\na,1.00,"x\r\ny\nz"\r\n\r\nb,oops,\r\nc,2.00,\r\n,3.00,\r\n',
    );
    expect(parsed.bad.map(({ line }) => line)).toEqual([6, 8]);
  });

  it.each([
    ['no Handle', ',Tee,,,X,1.00,1,,', 'no Handle'],
    ['no price', 'tee,Tee,,,X,,1,,', 'no price'],
    ['a price with too many decimals', 'tee,Tee,,,X,1.001,1,,', 'price "1.001"'],
    ['a negative price', 'tee,Tee,,,X,-1.00,1,,', 'price "-1.00"'],
    ['a price in words', 'tee,Tee,,,X,free,1,,', 'price "free"'],
    ['a price with thousands separators', 'tee,Tee,,,X,"1,299.00",1,,', 'price "1,299.00"'],
    ['a price with a currency sign', 'tee,Tee,,,X,€12,1,,', 'price "€12"'],
    ['a price beyond the range', 'tee,Tee,,,X,99999999999,1,,', 'too high'],
    ['a fraction as quantity', 'tee,Tee,,,X,1.00,1.5,,', 'quantity "1.5"'],
    ['a negative fraction as quantity', 'tee,Tee,,,X,1.00,-1.5,,', 'quantity "-1.5"'],
    ['an exponent as quantity', 'tee,Tee,,,X,1.00,1e3,,', 'quantity "1e3"'],
    ['a quantity without digits', 'tee,Tee,,,X,1.00,.0,,', 'quantity ".0"'],
    ['a quantity in words', 'tee,Tee,,,X,1.00,many,,', 'quantity "many"'],
    ['a quantity beyond the range', 'tee,Tee,,,X,1.00,100000001,,', 'more than 100000000'],
    ['a SKU that is too long', `tee,Tee,,,${'X'.repeat(101)},1.00,1,,`, 'longer than 100'],
    ['a SKU over two lines', 'tee,Tee,,,"X\nY",1.00,1,,', 'control character'],
    ['a NUL', 'tee,T\0ee,,,X,1.00,1,,', 'NUL'],
    ['text beyond the last column', 'tee,Tee,,,X,1.00,1,,,more', 'more fields than the header'],
    ['a quote that is not closed', 'tee,"Tee,,,X,1.00,1,,', 'not closed'],
    ['a stray quote', 'tee,12" Tee,,,X,1.00,1,,', 'a quote inside an unquoted field'],
    ['a product of pictures', 'tee,,,,,,,https://img.test/a.jpg,', 'no price'],
  ])('refuses %s, and imports the rows beside it', (_what, row, reason) => {
    const parsed = parseRows('good,Good,,,GOOD,1.00,1,,', row, 'fine,Fine,,,FINE,1.00,1,,');
    expect(parsed.bad).toHaveLength(1);
    expect(parsed.bad[0]).toEqual({ line: 3, reason: expect.stringContaining(reason) });
    expect(skusOf(parsed)).toEqual(['GOOD=1', 'FINE=1']);
  });

  it('refuses the second of two rows with one SKU, whatever their products', () => {
    const parsed = parseRows('a,A,,,X,1.00,1,,', 'b,B,,,Y,1.00,1,,', 'a,,,,Y,1.00,1,,', 'b,,,,X,1.00,1,,');
    expect(parsed.bad.map(({ line, reason }) => [line, /already/.test(reason)])).toEqual([
      [4, true],
      [5, true],
    ]);
    expect(skusOf(parsed)).toEqual(['X=1', 'Y=1']);
  });

  it('makes a blank SKU from handle and options, and keeps two of them apart', () => {
    const parsed = parseRows(
      'tee,Tee,Size,S/M,,1.00,,,',
      'tee,,,S M,,1.00,,,',
      'mug,Mug,Title,Default Title,,1.00,3,,',
      'cap,Cap,,,tee-l,1.00,1,,',
      'tee,,,L,,1.00,,,',
    );
    expect(parsed.bad).toEqual([]);
    const skus = skusOf(parsed);
    expect(skus).toEqual(expect.arrayContaining(['tee-s-m=0', 'mug=3', 'tee-l=1']));
    expect(new Set(skus).size).toBe(5);
  });

  it('refuses the same options twice when neither row has a SKU', () => {
    const parsed = parseRows('tee,Tee,Size,S,,1.00,1,,', 'tee,,,S,,1.00,1,,');
    expect(parsed.bad).toEqual([{ line: 3, reason: expect.stringContaining('line 2') }]);
  });

  it('leaves drafts and archived products out with all their rows, and never calls them bad', () => {
    const parsed = parseRows(
      'tee,Tee,Size,S,TEE-S,oops,1,,Draft',
      'mug,Mug,,,MUG,1.00,1,,active',
      'tee,,,M,MUG,1.00,1,,',
      'cap,Cap,,,CAP,1.00,1,,archived',
    );
    expect(parsed.bad).toEqual([]);
    expect(parsed.notActive).toEqual([
      { line: 2, reason: 'not active' },
      { line: 5, reason: 'not active' },
    ]);
    expect(skusOf(parsed)).toEqual(['MUG=1']);
  });

  it('takes columns in any order and case, ignores unknown ones and does without the others', () => {
    const parsed = parse('Junk,variant price,HANDLE\nx,5.00,tee\ny,6.00,mug,,,\n');
    expect(parsed.bad).toEqual([]);
    expect(parsed.products.map(({ title }) => title)).toEqual(['tee', 'mug']);
  });

  it.each([
    ['LF', '\n'],
    ['CRLF', '\r\n'],
    ['CR', '\r'],
  ])(
    'reads records that end in %s with any line end inside a cell, and counts lines as editors do',
    (_name, end) => {
      const rows = ['a,"x\ny",1.00', 'b,"x\r\ny",1.00', 'c,"x\ry",1.00', 'd,,oops', ''];
      const parsed = parse(['Handle,Body (HTML),Variant Price', ...rows].join(end));
      expect(parsed.products.map(({ handle, description }) => [handle, description])).toEqual(
        ['a', 'b', 'c'].map((handle) => [handle, 'x y']),
      );
      expect(parsed.bad.map(({ line }) => line)).toEqual([8]);
    },
  );

  it('reads a file whose line ends are mixed', () => {
    const parsed = parse('Handle,Variant Price\r\na,1.00\nb,1.00\rc,1.00\r\n\r\nd,oops');
    expect(skusOf(parsed)).toEqual(['a=0', 'b=0', 'c=0']);
    expect(parsed.bad.map(({ line }) => line)).toEqual([6]);
  });

  it('takes a byte order mark, a quoted header, old line ends and no line end at all', () => {
    const text = '\ufeff"Handle","Variant Price"\r"tee","5.00"\rmug,6.00';
    expect(skusOf(parse(text))).toEqual(['tee=0', 'mug=0']);
  });

  it('goes by the decimals of the currency', () => {
    const text = 'Handle,Variant Price\ntee,5.00\nmug,5.125\ncap,5\n';
    expect(parse(text, 'JPY').bad.map(({ line }) => line)).toEqual([3]);
    expect(parse(text, 'KWD').bad).toEqual([]);
    const [tee] = parse('Handle,Variant Price\ntee,4990.00\n', 'JPY').products;
    expect(tee!.variants[0]!.priceMinor).toBe(4990);
    expect(parse(text, 'HUF').products[0]!.variants[0]!.priceMinor).toBe(500);
  });

  it.each([
    ['an empty file', '', 'empty'],
    ['blank lines only', '\n\n \n', 'no header'],
    ['a header alone', HEADER, 'no products'],
    ['no column Handle', 'Title,Variant Price\nTee,1.00\n', '"Handle"'],
    ['no column Variant Price', 'Handle,Title\ntee,Tee\n', '"Variant Price"'],
    ['semicolons', 'Handle;Variant Price\ntee;1.00\n', 'semicolons'],
    ['quoted semicolons', '"Handle";"Title";"Variant Price"\n"tee";"Tee";"1,00"\n', 'semicolons'],
    ['semicolons and a comma', 'Handle;"Tags, all";Variant Price\ntee;a;1.00\n', 'semicolons'],
    ['tabs', 'Handle\tTitle\tVariant Price\ntee\tTee\t1.00\n', 'tabs'],
    ['vertical bars', 'URL handle|Title|Price\ntee|Tee|1.00\n', 'vertical bars'],
    ['semicolons of another program', 'ID;Name;Regular price\n1;Tee;1.00\n', 'semicolons'],
    ['a line that says semicolons', 'sep=;\r\nHandle;Variant Price\r\ntee;1.00\r\n', 'semicolons'],
    ['a line that says tabs', 'sep=\t\nHandle\tVariant Price\ntee\t1.00\n', 'tabs'],
    [
      'an export of WooCommerce',
      'ID,Type,SKU,Name,Published,"Regular price",Stock\n1,simple,X,Tee,1,9.00,3\n',
      '"Handle" (or "URL handle") and none "Variant Price"',
    ],
    [
      'an export of BigCommerce',
      'Item,ID,Name,Type,SKU,Price,"Current Stock"\nProduct,1,Tee,physical,X,9.00,3\n',
      'no column "Handle"',
    ],
    ['a column twice', 'Handle,Handle,Variant Price\na,b,1.00\n', 'twice'],
    ['a header with an open quote', 'Handle,"Variant Price\ntee,1.00\n', 'header'],
  ])('reports %s as a fault of the whole file', (_what, text, reason) => {
    expect(parse(text)).toEqual({
      products: [],
      notActive: [],
      hidden: 0,
      notes: [],
      bad: [{ line: 1, reason: expect.stringContaining(reason) }],
    });
  });

  it.each([
    ['UTF-16 with its mark', Buffer.from('\ufeffHandle,Variant Price\ntee,1.00\n', 'utf16le'), 'UTF-16'],
    ['UTF-16 without it', Buffer.from('Handle,Variant Price\ntee,1.00\n', 'utf16le'), 'UTF-16'],
    ['a spreadsheet', Buffer.from('PK\x03\x04rest of it'), 'spreadsheet'],
    ['Latin-1', Buffer.from('Handle,Variant Price\ntee,1.00\ncaf\xe9,2.00\nmug,1.00\n', 'latin1'), 'line 3'],
  ])('reports %s as a fault of the whole file', (_what, bytes, reason) => {
    expect(parse(bytes).bad).toEqual([{ line: 1, reason: expect.stringContaining(reason) }]);
  });

  it('stops at a file of more records than a drop could take', () => {
    const text = Buffer.from('tee,5\nmug,5\n"cap,5\nhat,5\n');
    expect(readRecords(text, 0, 3)).toMatchObject({ tooMany: false, broken: [{ line: 3 }] });
    expect(readRecords(text, 0, 2)).toMatchObject({ tooMany: true });
  });

  it('says where it stopped reading a file full of broken quotes', () => {
    const { bad, products } = parse(`Handle,Variant Price\n${'a"b,5\n'.repeat(200)}last,1.00\n`);
    expect(products).toEqual([]);
    expect(bad).toHaveLength(101);
    expect(bad.at(-1)).toEqual({
      line: 102,
      reason: expect.stringContaining('rest of the file was not read'),
    });
  });

  it('never takes a picture address that a page should not load', () => {
    const parsed = parseRows('tee,Tee,,,X,1.00,1,javascript:alert(1),', 'tee,,,,,,,ftp://img.test/a,');
    expect(parsed.products[0]!.imageUrls).toEqual([]);
  });
});
