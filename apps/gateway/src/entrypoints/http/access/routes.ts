import { RequestMethod, type Type } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';

// Where Nest's own decorators put what they were given; its constants for these are not public.
const METHOD_METADATA = 'method';
const PATH_METADATA = 'path';

/** The name of a route in `POLICIES`: `GET /v1/drops/:dropId`. */
export function routeName(handler: object, controller: object): string {
  const method = RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod];
  const parts = [controller, handler].map((of) => String(Reflect.getMetadata(PATH_METADATA, of) ?? ''));
  const path = parts.flatMap((part) => part.split('/')).filter(Boolean);
  return `${method} /${path.join('/')}`;
}

/** The names of all routes of an application's controllers. */
export function routeNames(modules: ModulesContainer): string[] {
  return [...modules.values()].flatMap((module) =>
    [...module.controllers.values()].flatMap(({ metatype }) => (metatype ? namesOf(metatype as Type) : [])),
  );
}

function namesOf(controller: Type): string[] {
  const handlers = Object.values(Object.getOwnPropertyDescriptors(controller.prototype as object)).map(
    ({ value }) => value as unknown,
  );
  return handlers.flatMap((handler) =>
    typeof handler === 'function' && Reflect.hasMetadata(METHOD_METADATA, handler)
      ? [routeName(handler, controller)]
      : [],
  );
}
