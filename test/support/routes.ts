import { type INestApplication, RequestMethod } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { policyOf, type PolicyName } from '../../apps/gateway/src/entrypoints/http/access/policy';

// Where Nest's own decorators put what they were given; its constants for these are not public.
const METHOD_METADATA = 'method';
const PATH_METADATA = 'path';

export interface Route {
  method: string;
  /** With a leading slash, parameters as `:name`. */
  path: string;
  handler: string;
  policy: PolicyName | undefined;
}

/** All routes of an application's controllers, with their policies. */
export function routesOf(app: INestApplication): Route[] {
  return [...app.get(ModulesContainer).values()].flatMap((module) =>
    [...module.controllers.values()].flatMap(({ metatype }) =>
      metatype ? routesOfController(metatype) : [],
    ),
  );
}

function routesOfController(controller: object): Route[] {
  const { prototype, name } = controller as { prototype: Record<string, unknown>; name: string };
  return Object.getOwnPropertyNames(prototype).flatMap((key) => {
    const handler = Object.getOwnPropertyDescriptor(prototype, key)?.value as unknown;
    if (typeof handler !== 'function' || !Reflect.hasMetadata(METHOD_METADATA, handler)) return [];
    const method = RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod];
    const parts = [controller, handler].map((of) => String(Reflect.getMetadata(PATH_METADATA, of) ?? ''));
    const path = `/${parts
      .flatMap((part) => part.split('/'))
      .filter(Boolean)
      .join('/')}`;
    return { method, path, handler: `${name}.${key}`, policy: policyOf(handler, controller) };
  });
}
