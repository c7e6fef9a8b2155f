import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { findShopFiles } from '../pages/shop-files';

/** The built copy, which has compressed files beside it; where nothing is built, the package itself. */
function readerRoot(): string {
  const built = [
    resolve(__dirname, '../../../../../../docs-assets'),
    resolve(__dirname, '../../../../../../dist/docs-assets'),
  ];
  return built.find(existsSync) ?? join(require.resolve('swagger-ui-dist/package.json'), '..');
}

/** Serves the shop's built files, and those of the reader of the interface's description. */
export async function serveFiles(app: NestFastifyApplication): Promise<void> {
  const common = { index: false, preCompressed: true } as const;
  await app.register(fastifyStatic, {
    root: readerRoot(),
    prefix: '/docs/assets/',
    decorateReply: false,
    ...common,
    maxAge: '1h',
    allowedPath: (path) =>
      /^\/(swagger-ui(-bundle|-standalone-preset)?\.(js|css)|favicon-\d+x\d+\.png)$/.test(path),
  });
  const shop = findShopFiles();
  if (!shop) return;
  // Built assets carry a hash of themselves in their name.
  await app.register(fastifyStatic, {
    ...common,
    decorateReply: false,
    root: join(shop.root, 'assets'),
    prefix: '/assets/',
    immutable: true,
    maxAge: '365d',
  });
  await app.register(fastifyStatic, {
    ...common,
    root: join(shop.root, 'images'),
    prefix: '/images/',
    maxAge: '1h',
  });
  const instance = app.getHttpAdapter().getInstance();
  for (const name of shop.loose) {
    instance.get(`/${name}`, (_request, reply) => reply.sendFile(name, shop.root, { maxAge: '1h' }));
  }
}
