import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, onRequestHookHandler } from 'fastify';
import { findShopFiles } from '../pages/shop-files';

/** The built copy, which has compressed files beside it; where nothing is built, the package itself. */
function readerRoot(): string {
  const built = [
    resolve(__dirname, '../../../../../../docs-assets'),
    resolve(__dirname, '../../../../../../dist/docs-assets'),
  ];
  return built.find(existsSync) ?? join(require.resolve('swagger-ui-dist/package.json'), '..');
}

/** Serves the shop's built files, and those of the reader of the interface's description. `first` sees each request for one. */
export async function serveFiles(app: NestFastifyApplication, first: onRequestHookHandler): Promise<void> {
  await app.register(async (files: FastifyInstance) => {
    files.addHook('onRequest', first);
    await serveReader(files);
    await serveShop(files);
  });
}

const common = { index: false, preCompressed: true } as const;

async function serveReader(files: FastifyInstance): Promise<void> {
  await files.register(fastifyStatic, {
    root: readerRoot(),
    prefix: '/docs/assets/',
    decorateReply: false,
    ...common,
    maxAge: '1h',
    allowedPath: (path) =>
      /^\/(swagger-ui(-bundle|-standalone-preset)?\.(js|css)|favicon-\d+x\d+\.png)$/.test(path),
  });
}

async function serveShop(files: FastifyInstance): Promise<void> {
  const shop = findShopFiles();
  if (!shop) return;
  // Built assets carry a hash of themselves in their name.
  await files.register(fastifyStatic, {
    ...common,
    decorateReply: false,
    root: join(shop.root, 'assets'),
    prefix: '/assets/',
    immutable: true,
    maxAge: '365d',
  });
  await files.register(fastifyStatic, {
    ...common,
    root: join(shop.root, 'images'),
    prefix: '/images/',
    maxAge: '1h',
  });
  for (const name of shop.loose) {
    files.get(`/${name}`, (_request, reply) => reply.sendFile(name, shop.root, { maxAge: '1h' }));
  }
}
