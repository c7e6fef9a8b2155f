import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readPublicDrops } from './public-drops';

const items = (n: number) => Array.from({ length: n }, (_, at) => ({ sku: `S-${at}` }));
const drop = (id: string, skus: number) => ({ id, items: items(skus) });
const listed = (id: string, skus: number) => ({
  ...drop(id, Math.min(24, skus)),
  itemCount: skus,
});

describe('what the product shows to everybody', () => {
  const asked: string[] = [];
  let server: Server;
  let address: string;

  beforeAll(async () => {
    const pages: Record<string, object> = {
      '/v1/drops?limit=50': { items: [listed('small', 24), listed('big', 60)], nextCursor: 'c' },
      '/v1/drops?limit=50&cursor=c': { items: [listed('last', 1)], nextCursor: null },
      '/v1/drops/big': drop('big', 60),
    };
    server = createServer((request, response) => {
      asked.push(request.url!);
      const page = pages[request.url!];
      response.statusCode = page ? 200 : 404;
      response.end(JSON.stringify(page ?? {}));
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((done) => server.close(done)));

  it('is read with all items, also of drops that a list truncates', async () => {
    const drops = await readPublicDrops(address, {});
    expect(drops.map(({ id, items }) => [id, items.length])).toEqual([
      ['small', 24],
      ['big', 60],
      ['last', 1],
    ]);
    expect(asked).toEqual(['/v1/drops?limit=50', '/v1/drops?limit=50&cursor=c', '/v1/drops/big']);
  });
});
