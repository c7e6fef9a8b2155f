import type { INestApplication } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { POLICIES, type Policy } from '../../apps/gateway/src/entrypoints/http/access/policies';
import { routeNames } from '../../apps/gateway/src/entrypoints/http/access/routes';

export interface Route {
  method: string;
  /** With a leading slash, parameters as `:name`. */
  path: string;
  policy: Policy | undefined;
}

/** All routes of an application's controllers, with their policies. */
export function routesOf(app: INestApplication): Route[] {
  return routeNames(app.get(ModulesContainer)).map((name) => {
    const [method = '', path = ''] = name.split(' ');
    return { method, path, policy: POLICIES[name] };
  });
}
