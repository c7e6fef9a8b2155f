import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { findShopFiles } from '../pages/shop-files';

const swaggerRoot = () => join(require.resolve('swagger-ui-dist/package.json'), '..');

/** Serves the shop's built files, and those of the reader of the interface's description. */
export async function serveFiles(app: NestFastifyApplication): Promise<void> {
  await app.register(fastifyStatic, {
    root: swaggerRoot(),
    prefix: '/docs/assets/',
    decorateReply: false,
    index: false,
    maxAge: '1h',
    allowedPath: (path) =>
      /^\/(swagger-ui(-bundle|-standalone-preset)?\.(js|css)|favicon-\d+x\d+\.png)$/.test(path),
  });
  const shop = findShopFiles();
  if (!shop) return;
  const common = { index: false, preCompressed: true } as const;
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
