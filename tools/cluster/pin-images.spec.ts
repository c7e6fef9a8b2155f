import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { transformSync } from '@swc/core';

interface Tool {
  imagesOf(text: string): { image: string; digest: string | null }[];
  pinned(text: string, digests: Map<string, string>): string;
  digestOf(image: string): Promise<string>;
}
const DIGEST = `sha256:${'a'.repeat(64)}`;

/** Without its last line, which runs it: a CommonJS module cannot wait there. */
function loadTool(): Tool {
  const source = readFileSync(join(__dirname, 'pin-images.mjs'), 'utf8')
    .replace(/^#!.*/, '')
    .replace(/^if \(process\.argv.*$/m, '');
  const { code } = transformSync(source.replaceAll('import.meta.url', '"file:///tools/cluster/x"'), {
    module: { type: 'commonjs' },
    jsc: { target: 'es2022' },
  });
  const module = { exports: {} };
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  new Function('module', 'exports', 'require', code)(module, module.exports, (name: string) => require(name));
  return module.exports as Tool;
}

describe('the digests of the images', () => {
  const { imagesOf, pinned, digestOf } = loadTool();
  let server: Server;
  let registry: string;

  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url!.startsWith('/token?')) return void response.end(JSON.stringify({ token: 'one' }));
      if (request.headers.authorization !== 'Bearer one')
        return void response
          .writeHead(401, {
            'www-authenticate': `Bearer realm="http://${registry}/token",service="r",scope="pull"`,
          })
          .end();
      const known =
        request.url === '/v2/tools/nginx/manifests/1.28.0' && /index/.test(request.headers.accept!);
      response.writeHead(known ? 200 : 404, known ? { 'docker-content-digest': DIGEST } : {}).end();
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    registry = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => void server.close());

  it('are asked of the registry, which wants a token first', async () => {
    await expect(digestOf(`${registry}/tools/nginx:1.28.0`)).resolves.toBe(DIGEST);
    await expect(digestOf(`${registry}/tools/nginx:9.9.9`)).rejects.toThrow('answers 404 without a digest');
  });

  it('stand after each tag, once, and are replaced by newer ones', () => {
    const text =
      'FROM node:24.21.0-slim AS build\n  a:\n    image: quay.io/debezium/connect:3.6.1.Final\n    image: holdfast:local\n';
    const digests = new Map(imagesOf(text).map(({ image }) => [image, DIGEST]));
    const once = pinned(text, digests);
    expect(once).toContain(`FROM node:24.21.0-slim@${DIGEST} AS build\n`);
    expect(once).toContain(`image: quay.io/debezium/connect:3.6.1.Final@${DIGEST}\n`);
    expect(once).toContain('image: holdfast:local\n');
    expect(pinned(once, digests)).toBe(once);
    const newer = new Map([...digests.keys()].map((image) => [image, DIGEST.replaceAll('a', 'b')]));
    expect(pinned(once, newer)).not.toContain(DIGEST);
  });

  it('are wanted for every image of both files', () => {
    const files = ['docker-compose.yml', 'Dockerfile'];
    const found = files.flatMap((file) => imagesOf(readFileSync(join(__dirname, '../..', file), 'utf8')));
    expect(new Set(found.map(({ image }) => image.split(':')[0]))).toEqual(
      new Set([
        ...['node', 'postgres', 'redis', 'nginx', 'apache/kafka', 'quay.io/debezium/connect'],
        ...['prom/prometheus', 'grafana/grafana'],
      ]),
    );
  });
});
