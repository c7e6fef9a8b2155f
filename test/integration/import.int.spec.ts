import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { createLedger, type TestLedger } from '../support/database';
import { type CliAnswer, runInProcess } from '../support/cli';

const FIXTURES = join(__dirname, '../fixtures');
const HEADER =
  'Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price,Variant Inventory Qty,Image Src,Status';

interface ImportAnswer {
  dropId: string | null;
  products: number;
  skus: number;
  units: number;
  rejected: { line: number; reason: string }[];
  notes: { line: number; note: string }[];
}

let ledger: TestLedger;
let folder: string;

beforeAll(async () => {
  ledger = await createLedger('import');
  folder = mkdtempSync(join(tmpdir(), 'holdfast-import-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await ledger.drop();
});

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function cli(...args: string[]): Promise<CliAnswer> {
  return runInProcess([...args, '--json'], { DATABASE_URL: ledger.url, HOLDFAST_DATA_DIR: folder });
}

async function imported(...args: string[]): Promise<ImportAnswer & { code: number }> {
  const { code, json } = await cli('import', ...args);
  return { ...(json as ImportAnswer), code };
}

async function countRows(): Promise<Record<string, number>> {
  const client = new Client({ connectionString: ledger.url });
  await client.connect();
  const { rows } = await client.query<Record<string, string>>(
    `SELECT (SELECT count(*) FROM inventory.drop) AS drops, (SELECT count(*) FROM inventory.item) AS items, (SELECT count(*) FROM inventory.stock) AS stock,
      (SELECT count(*) FROM inventory.movement) AS movements, (SELECT count(*) FROM inventory.product) AS products,
      (SELECT count(*) FROM inventory.product_sku) AS skus`,
  );
  await client.end();
  return Object.fromEntries(Object.entries(rows[0]!).map(([name, count]) => [name, Number(count)]));
}

describe('holdfast import', () => {
  it('makes a drop from an export as Shopify writes it', async () => {
    const answer = await imported(
      join(FIXTURES, 'shopify-products.csv'),
      '--opens-at',
      'now',
      '--limit',
      '2',
      '--hold-ttl',
      '120',
    );
    expect(answer).toEqual({
      code: 0,
      dropId: expect.stringMatching(/^d[0-9a-z]{7}$/),
      products: 3,
      skus: 6,
      units: 137,
      rejected: [{ line: 12, reason: 'not active' }],
      notes: [{ line: 13, note: expect.stringContaining('price is 0') }],
    });
    const { json } = await cli('drop', 'show', answer.dropId!);
    expect(json).toMatchObject({
      name: 'shopify-products',
      description: 'Harbour Tee · Enamel Mug "Tide", 0.4 l · Watch Cap',
      state: 'open',
      perCustomerLimit: 2,
      holdTtlSeconds: 120,
      imageUrl: 'https://cdn.example.com/tee-front.jpg',
      items: [
        {
          sku: 'TEE-S-BLK',
          name: 'Harbour Tee – S / Black',
          price: { amountMinor: 2900, currency: 'EUR' },
          stock: { available: 40, held: 0, sold: 0, total: 40 },
        },
        { sku: 'TEE-M-BLK', stock: { total: 60 } },
        { sku: 'harbour-tee-l-black', name: 'Harbour Tee – L / Black', stock: { available: 0, total: 0 } },
        { sku: 'MUG', name: 'Enamel Mug "Tide", 0.4 l', price: { amountMinor: 1450 }, stock: { total: 25 } },
        { sku: 'CAP-1', price: { amountMinor: 0 }, stock: { total: 12 } },
        { sku: 'CAP-2', stock: { total: 0 } },
      ],
    });
  });

  it('imports 5,000 variants in a few seconds', async () => {
    const rows = Array.from(
      { length: 5_000 },
      (_, at) =>
        `p${Math.floor(at / 10)},${at % 10 === 0 ? `Product ${at}` : ''},Size,${at % 10},V-${at},19.90,7,,`,
    );
    const started = performance.now();
    const answer = await imported(file('large.csv', [HEADER, ...rows].join('\r\n')));
    expect(answer).toMatchObject({ code: 0, products: 500, skus: 5_000, units: 35_000, rejected: [] });
    expect(performance.now() - started).toBeLessThan(20_000); // about one second on an idle machine
    const { json } = await cli('drop', 'show', answer.dropId!);
    expect((json as { items: unknown[]; state: string }).items).toHaveLength(5_000);
    expect(json).toMatchObject({ name: 'large', state: 'draft' });
  });

  it('imports nothing when one row of many is bad, and the good ones with --skip-bad', async () => {
    const rows = Array.from({ length: 500 }, (_, at) =>
      `h${at},T,,,W-${at},${at === 321 ? '1,5' : '1.50'},1,,`.replace('1,5,', '"1,5",'),
    );
    const path = file('one-bad.csv', [HEADER, ...rows].join('\n'));
    const before = await countRows();
    expect(await imported(path)).toEqual({
      code: 1,
      dropId: null,
      products: 0,
      skus: 0,
      units: 0,
      rejected: [{ line: 323, reason: expect.stringContaining('"1,5"') }],
      notes: [],
    });
    expect(await countRows()).toEqual(before);
    const skipped = await imported(path, '--skip-bad');
    expect(skipped).toMatchObject({
      code: 0,
      products: 499,
      skus: 499,
      units: 499,
      rejected: [{ line: 323 }],
    });
  });

  it.each<[string, () => string, number]>([
    ['a file that is not there', () => join(folder, 'nowhere.csv'), 1],
    ['a folder', () => folder, 1],
    ['a path through a file', () => join(file('plain.csv', 'x'), 'below.csv'), 1],
    ['an empty file', () => file('empty.csv', ''), 1],
    ['a header alone', () => file('header.csv', `${HEADER}\n`), 1],
    ['UTF-16', () => file('utf16.csv', Buffer.from(`\ufeff${HEADER}\na,A,,,X1,1.00,1,,\n`, 'utf16le')), 1],
    ['Latin-1', () => file('latin1.csv', Buffer.from(`${HEADER}\na,Café,,,X2,1.00,1,,\n`, 'latin1')), 1],
    ['a spreadsheet', () => file('book.xlsx', Buffer.from('PK\x03\x04\0\0\0\0')), 1],
    [
      'a picture',
      () => file('picture.csv', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])),
      1,
    ],
    ['semicolons', () => file('semicolons.csv', 'Handle;Variant Price\na;1,00\n'), 1],
    ['a missing price column', () => file('noprice.csv', 'Handle,Title\na,A\n'), 1],
    ['a NUL', () => file('nul.csv', `${HEADER}\na,A\0A,,,X3,1.00,1,,\n`), 2],
    [
      'an unclosed quote',
      () => file('quote.csv', `${HEADER}\nok,Ok,,,X4,1.00,1,,\na,"A,,,X5,1.00,1,,\nb,B,,,X6,1.00,1,,\n`),
      3,
    ],
    ['an open quote in the last field', () => file('quote2.csv', `${HEADER}\nok,Ok,,,X7,1.00,1,,"active`), 2],
    ['a SKU twice', () => file('twice.csv', `${HEADER}\na,A,,,X8,1.00,1,,\nb,B,,,X8,1.00,1,,\n`), 3],
    ['drafts only', () => file('drafts.csv', `${HEADER}\na,A,,,X9,1.00,1,,draft\n`), 2],
  ])('refuses %s with a reason and leaves the ledger alone', async (_what, make, line) => {
    const before = await countRows();
    const answer = await imported(make());
    expect(answer).toMatchObject({ code: 1, dropId: null, products: 0, skus: 0, units: 0 });
    expect(answer.rejected).toEqual([{ line, reason: expect.stringMatching(/\w{3}/) }]);
    expect(await countRows()).toEqual(before);
  });

  it('says so when the file may not be read', async () => {
    const path = file('secret.csv', `${HEADER}\n`);
    chmodSync(path, 0o000);
    if (process.getuid?.() === 0) return; // root reads everything
    expect((await imported(path)).rejected[0]!.reason).toContain('permission denied');
  });

  it.each([
    [['--limit', '0']],
    [['--limit', '10001']],
    [['--hold-ttl', '2']],
    [['--hold-ttl', '86401']],
    [['--currency', 'XQQ']],
    [['--opens-at', 'tomorrow']],
    [['--opens-at', '2026-12-01']],
    [['--opens-at', '2027-02-30T10:00:00Z']],
    [['--opens-at', '2027-03-01T10:00:00Z', '--closes-at', '2027-03-01T09:00:00Z']],
    [['--closes-at', '2020-01-01T00:00:00Z']],
    [['--name', ' ']],
    [['--colour', 'red']],
    [['another.csv']],
  ])('calls %j wrong usage', async (options) => {
    const { code, json } = await cli('import', join(FIXTURES, 'shopify-products.csv'), ...options);
    expect({ code, json }).toEqual({ code: 2, json: { error: expect.any(String) } });
  });

  it('imports the same file again as another drop, with the catalogue brought up to date', async () => {
    const path = file('again.csv', `${HEADER}\nagain,Old name,,,AGAIN,1.00,1,,\n`);
    const first = await imported(path);
    writeFileSync(path, `${HEADER}\nagain,New name,,,AGAIN,2.00,3,,\n`);
    const second = await imported(
      path,
      '--name',
      'Second',
      '--opens-at',
      '2030-01-01T10:00:00+02:00',
      '--closes-at',
      '2030-01-02T10:00:00Z',
    );
    expect(second.code).toBe(0);
    expect(second.dropId).not.toBe(first.dropId);
    expect((await cli('drop', 'show', second.dropId!)).json).toMatchObject({
      name: 'Second',
      state: 'scheduled',
      opensAt: '2030-01-01T08:00:00.000Z',
      items: [{ sku: 'AGAIN', price: { amountMinor: 200 }, stock: { total: 3 } }],
    });
  });

  it('leaves hidden products out and says how many, and takes them when asked', async () => {
    const path = file(
      'hidden.csv',
      `${HEADER},Gift Card,Published\na,A,,,H1,1.00,1,,unlisted,,\nb,B,,,H2,1.00,1,,,TRUE,\nc,C,,,H3,1.00,1,,draft,,\nd,D,,,H4,1.00,1,,,,FALSE\n`,
    );
    const before = await countRows();
    const refused = await imported(path);
    expect(refused).toMatchObject({ code: 1, dropId: null, notes: [] });
    expect(refused.rejected).toEqual([2, 3, 4, 5].map((line) => ({ line, reason: 'not active' })));
    expect(await countRows()).toEqual(before);
    expect(await imported(path, '--include-hidden')).toMatchObject({
      code: 0,
      products: 3,
      skus: 3,
      rejected: [{ line: 4, reason: 'not active' }],
    });
  });

  it('tells of a SKU that another open or scheduled drop sells as well', async () => {
    const row = (sku: string) => `${sku.toLowerCase()},T,,,${sku},1.00,1,,`;
    const fileOf = (...skus: string[]) => file('on-sale.csv', [HEADER, ...skus.map(row)].join('\n'));
    const open = await imported(fileOf('S-OPEN', 'S-BOTH'), '--opens-at', 'now');
    const scheduled = await imported(
      fileOf('S-LATER', 'S-BOTH'),
      '--opens-at',
      '2035-01-01T00:00:00Z',
      '--closes-at',
      '2035-01-02T00:00:00Z',
    );
    await imported(fileOf('S-DRAFT'));
    const closed = await imported(fileOf('S-CLOSED'), '--opens-at', 'now');
    await cli('drop', 'close', closed.dropId!);
    const path = fileOf('S-FREE', 'S-OPEN', 'S-LATER', 'S-DRAFT', 'S-CLOSED', 'S-BOTH');
    const { stderr, json } = await cli('import', path);
    const { notes, dropId } = json as ImportAnswer;
    expect(notes).toEqual([
      { line: 3, note: expect.stringContaining(open.dropId!) },
      { line: 4, note: expect.stringContaining(scheduled.dropId!) },
      { line: 7, note: expect.stringContaining('1 more') },
    ]);
    expect(stderr).toContain(`line 3: ${notes[0]!.note}`);
    expect(stderr).toContain(`/d/${dropId}`);
    const made = await cli('drop', 'create', '--name', 'Again', '--item', 'S-OPEN=1@1.00');
    expect(made.stderr).toContain(open.dropId!);
  });

  it('tells programs and people what was taken otherwise than written, and where the drop is', async () => {
    const path = file('notes.csv', `${HEADER}\nn,N,Size,S,N-1,1.00,-4,,\nn,,,M,N-1,1.00,2.0,,\n`);
    const { stdout, stderr, json } = await cli('import', path, '--opens-at', 'now');
    expect(json).toMatchObject({
      skus: 2,
      units: 2,
      notes: [{ line: 2 }, { line: 2 }, { line: 3 }],
    });
    expect(JSON.parse(stdout)).toEqual(json);
    expect(stderr).toMatch(/^line 2: the quantity "-4" is negative/m);
    expect(stderr).toMatch(new RegExp(`^Shop address: http://.*/d/${(json as ImportAnswer).dropId}$`, 'm'));
    const made = await cli(
      'drop',
      'create',
      '--name',
      'Made',
      '--item',
      'MADE=1@4990.00',
      '--currency',
      'JPY',
    );
    expect(made.json).toMatchObject({ items: [{ price: { amountMinor: 4990, currency: 'JPY' } }] });
    expect(made.stderr).toContain(`/d/${(made.json as { id: string }).id}`);
  });

  it('answers people with a table and says what to do', async () => {
    mkdirSync(join(folder, 'x'), { recursive: true });
    const path = file('people.csv', `${HEADER}\na,A,,,P1,free,1,,\nb,B,,,P2,1.00,1,,\n`);
    const { code, stdout } = await runInProcess(['import', path], { DATABASE_URL: ledger.url });
    expect(code).toBe(1);
    expect(stdout).toMatch(/line +reason/);
    expect(stdout).toContain('--skip-bad');
    expect(stdout).not.toContain('\u001b['); // no colours into a pipe
  });
});
