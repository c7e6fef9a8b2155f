import { Controller, Get, Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { FakeBackend, startEdge } from '../../../../../../test/support/fake-edge';
import { OPERATIONS } from '../openapi/operations';
import { buildOpenApi } from '../openapi/document';
import { routesOf } from '../../../../../../test/support/routes';

@Controller('forgotten')
class ForgottenController {
  @Get()
  open(): string {
    return 'anybody may read this';
  }
}

@Module({ controllers: [ForgottenController] })
class ForgottenModule {}

let app: NestFastifyApplication;
afterEach(() => app.close());

describe('policies', () => {
  it('stand on every route', async () => {
    app = await startEdge(new FakeBackend());
    const routes = routesOf(app);
    expect(routes.length).toBeGreaterThan(20);
    expect(routes.filter(({ policy }) => policy === undefined)).toEqual([]);
  });

  it('forgotten at a route: the product does not start', async () => {
    app = await startEdge(new FakeBackend());
    await expect(startEdge(new FakeBackend(), {}, [ForgottenModule])).rejects.toThrow(
      'routes without a policy: GET /forgotten',
    );
  });
});

describe('the description of the interface', () => {
  /** Pages for people are no part of it. */
  const PAGES = ['/', '/d/:dropId', '/docs', '/docs/start.js', '/openapi.json', '/problems/:code'];

  it('has every route, and no other', async () => {
    app = await startEdge(new FakeBackend());
    const routes = routesOf(app).filter(({ path }) => !PAGES.includes(path) && !/^\/admin(\/|$)/.test(path));
    expect(OPERATIONS.map(({ method, path }) => `${method.toUpperCase()} ${colons(path)}`).sort()).toEqual(
      routes.map(({ method, path }) => `${method} ${path}`).sort(),
    );
  });

  it('says of every route that it is limited, and what a form may carry', () => {
    const { paths } = buildOpenApi() as { paths: Record<string, Record<string, { responses: object }>> };
    const unlimited = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, { responses }]) =>
        Object.hasOwn(responses, '429') ? [] : [`${method} ${path}`],
      ),
    );
    expect(unlimited).toEqual([]);
    expect(paths['/sandbox/3ds/{reference}']!['post']).toMatchObject({
      requestBody: {
        content: {
          'application/x-www-form-urlencoded': { schema: { properties: { nonce: { type: 'string' } } } },
        },
      },
    });
  });

  it('refers only to what is in it', async () => {
    app = await startEdge(new FakeBackend());
    const text = JSON.stringify(buildOpenApi());
    const names = new Set([...text.matchAll(/#\/components\/schemas\/(\w+)/g)].map(([, name]) => name!));
    const { components } = JSON.parse(text) as { components: { schemas: object } };
    expect([...names].filter((name) => !Object.hasOwn(components.schemas, name))).toEqual([]);
    expect(text).not.toContain('$defs');
    expect(Object.keys(components.schemas)).toEqual(
      expect.arrayContaining(['Drop', 'Hold', 'Order', 'Problem']),
    );
  });
});

function colons(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1');
}
