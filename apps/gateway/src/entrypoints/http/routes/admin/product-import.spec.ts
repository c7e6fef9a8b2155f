import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { ImportProducts, StageProducts } from '@holdfast/contracts';
import { waitFor } from '@holdfast/testing';
import { FakeBackend, startEdge } from '../../../../../../../test/support/fake-edge';
import { InlineProductFiles } from '../../../../../../../test/support/inline-product-files';
import { ProductFiles } from '../../../../application/ports/product-files.port';

const MiB = 1024 * 1024;
const HEADER = 'Handle,Title,Option1 Value,Variant SKU,Variant Price,Variant Inventory Qty,Body (HTML)';
const GOOD = `${HEADER}\ntee,Tee,S,TEE-S,29.00,3,\ntee,,M,TEE-M,29.00,4,\ncap,Cap,,CAP,9.50,0,\n`;
const ROW = `${HEADER}\nbig,Big,,BIG,1.00,1,`;
/** A good file of so many bytes. */
const sized = (bytes: number) => `${ROW}${'x'.repeat(bytes - ROW.length - 1)}\n`;

let app: NestFastifyApplication;
let backend: FakeBackend;
let staged: StageProducts[];
let imported: ImportProducts[];

beforeAll(async () => {
  backend = new FakeBackend();
  Object.assign(backend.products, {
    stageProducts: (part: StageProducts) => {
      staged.push(part);
      return Promise.resolve({ kind: 'staged' });
    },
    importProducts: (command: ImportProducts) => {
      imported.push(command);
      return Promise.resolve({ kind: 'imported', replayed: false });
    },
  });
  const files = { provide: ProductFiles, useClass: InlineProductFiles };
  app = await startEdge(backend, {}, [], {}, [files]);
  await app.listen(0, '127.0.0.1');
});
afterAll(() => app.close());
beforeEach(() => {
  staged = [];
  imported = [];
});

function send(
  payload: string | Buffer,
  options: { query?: string; headers?: object; token?: string | null } = {},
) {
  const { query = '', headers = {}, token = backend.accounts.token() } = options;
  return app.inject({
    method: 'POST',
    url: `/v1/admin/products/import${query}`,
    payload,
    headers: {
      'content-type': 'text/csv',
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
  });
}

/** Sends the head of a request and nothing of its body. */
function begin(...headers: string[]): Socket {
  const { port } = app.getHttpServer().address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  const head = [
    'POST /v1/admin/products/import HTTP/1.1',
    'Host: shop',
    'Content-Type: text/csv',
    ...headers,
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  return socket;
}

/** The first line of what comes back. */
async function statusLine(socket: Socket): Promise<string> {
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return bytes.toString('latin1').split('\r\n')[0]!;
}

describe('the import of a file', () => {
  it('hands the products over and answers as the command line does, without a drop', async () => {
    const answer = await send(GOOD);
    expect([answer.statusCode, answer.json()]).toEqual([
      200,
      { dropId: null, products: 2, skus: 3, units: 7, rejected: [], notes: [] },
    ]);
    expect(staged).toMatchObject([
      {
        number: 0,
        part: {
          products: [{ handle: 'tee', name: 'Tee', line: 2 }, { handle: 'cap' }],
          skus: [
            { handle: 'tee', sku: 'TEE-S', name: 'Tee – S', priceMinor: 2900, currency: 'EUR', line: 2 },
            { handle: 'tee', sku: 'TEE-M', position: 1, line: 3 },
            { handle: 'cap', sku: 'CAP', priceMinor: 950 },
          ],
        },
      },
    ]);
    expect(imported).toMatchObject([{ merchantId: 'mer_1', parts: 1, dryRun: false }]);
  });

  it('with a bad row is refused with each line, and nothing is handed over', async () => {
    const answer = await send(`${GOOD}mug,Mug,,MUG,free,1,\nold,Old,,OLD,1.00,-2,\n`);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.json()).toMatchObject({
      status: 422,
      code: 'invalid-import',
      rejected: [{ line: 5, reason: expect.stringContaining('"free"') as string }],
      notes: [{ line: 6, note: expect.stringContaining('negative') as string }],
    });
    expect([staged, imported]).toEqual([[], []]);
  });

  it('leaves bad rows out when asked, but not a whole file', async () => {
    const file = `${GOOD}mug,Mug,,MUG,free,1,\n`;
    const answer = await send(file, { query: '?skip-bad=true&dry-run=true' });
    expect(answer.json()).toMatchObject({ products: 2, rejected: [{ line: 5 }] });
    expect(imported).toMatchObject([{ dryRun: true }]);
    expect((await send('Handle;Price\n', { query: '?skip-bad=true' })).statusCode).toBe(422);
    expect((await send('', { query: '?skip-bad=true' })).json()).toMatchObject({ rejected: [{ line: 1 }] });
  });

  it('reads prices in the currency of the merchant, or in the one that is asked for', async () => {
    await send(GOOD, { query: '?currency=BHD' });
    expect(staged[0]!.part.skus[0]).toMatchObject({ priceMinor: 29_000, currency: 'BHD' });
  });

  it.each([
    ['an unknown currency', { query: '?currency=XYZ' }, 400],
    ['a flag that is neither true nor false', { query: '?dry-run=1' }, 400],
    ['a key that is malformed', { headers: { 'idempotency-key': 'a b' } }, 400],
    ['JSON', { headers: { 'content-type': 'application/json' } }, 415],
    ['another encoding', { headers: { 'content-type': 'text/csv; charset=utf-16' } }, 415],
    ['a compressed body', { headers: { 'content-encoding': 'gzip' } }, 415],
    ['UTF-8 by name', { headers: { 'content-type': 'text/csv; charset="UTF-8"; header=present' } }, 200],
  ])('answers %s', async (_what, options, status) => {
    expect((await send(GOOD, options)).statusCode).toBe(status);
  });
});

describe('a large body', () => {
  it('of up to 16 MiB is taken from who may import', async () => {
    expect((await send(sized(16 * MiB))).statusCode).toBe(200);
    const tooLarge = await send(sized(16 * MiB + 1));
    expect([tooLarge.statusCode, tooLarge.json<{ detail: string }>().detail]).toEqual([
      413,
      'The request body is larger than 16 MiB.',
    ]);
  });

  it('is not read from anybody else', async () => {
    const file = sized(MiB);
    expect((await send(file, { token: null })).statusCode).toBe(401);
    expect((await send(file, { token: backend.accounts.token({ role: 'viewer' }) })).statusCode).toBe(403);
    expect((await send(file, { token: backend.accounts.apiKey(['catalogue:read']) })).statusCode).toBe(403);
    expect((await send(file, { token: backend.accounts.apiKey(['catalogue:write']) })).statusCode).toBe(200);
    // Refused before the body is there: it is not waited for.
    expect(await statusLine(begin('Content-Length: 16000000'))).toContain(' 401 ');
    expect(await statusLine(begin('Transfer-Encoding: chunked'))).toContain(' 401 ');
  });

  it('keeps its place while somebody works on it, though its client has gone', async () => {
    const files = app.get(ProductFiles);
    let begun = 0;
    let finish: () => void = () => undefined;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    const open = files.open.bind(files);
    jest.spyOn(files, 'open').mockImplementation(async (...args) => {
      begun += 1;
      await finished;
      return open(...args);
    });
    const file = sized(16 * MiB);
    const hangUp = async (n: number) => {
      const socket = begin(
        `Authorization: Bearer ${backend.accounts.token()}`,
        `Content-Length: ${file.length}`,
      );
      socket.on('error', () => undefined);
      socket.write(file);
      await waitFor('the work', () => begun === n);
      socket.destroy();
      await once(socket, 'close');
    };
    await hangUp(1);
    await hangUp(2);
    // Both clients of the merchant have gone, and 32 MiB are in memory.
    for (let n = 0; n < 20; n += 1) {
      const third = begin(
        `Authorization: Bearer ${backend.accounts.token()}`,
        `Content-Length: ${file.length}`,
      );
      expect(await statusLine(third)).toContain(' 503 ');
    }
    expect(begun).toBe(2);
    finish();
    await waitFor('the end of the work', () => imported.length === 2);
    jest.restoreAllMocks();
    await waitFor('room', async () => (await send(file)).statusCode === 200);
  });

  it('is refused while four of the largest are on their way', async () => {
    const head = [`Content-Length: ${16 * MiB}`, `Authorization: Bearer ${backend.accounts.token()}`];
    const arriving = Array.from({ length: 4 }, () => begin(...head));
    const status = async () => (await send(sized(MiB))).statusCode;
    await waitFor('the places are taken', async () => (await status()) === 503);
    const refused = await send(sized(MiB));
    expect([refused.json<{ code: string }>().code, refused.headers['retry-after']]).toEqual([
      'temporary-reduced-capacity',
      '2',
    ]);
    // Small ones need none.
    expect((await send(GOOD)).statusCode).toBe(200);
    for (const socket of arriving) socket.destroy();
    await waitFor('the places are free again', async () => (await status()) === 200);
  });
});
