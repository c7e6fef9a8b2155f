import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { POLICIES } from './policies';
import { routeNames } from './routes';

/** Refuses to start with a route that no policy names, or with a policy of no route. */
@Injectable()
export class PolicyCheck implements OnApplicationBootstrap {
  constructor(private readonly modules: ModulesContainer) {}

  onApplicationBootstrap(): void {
    const routes = new Set(routeNames(this.modules));
    const open = [...routes].filter((route) => !Object.hasOwn(POLICIES, route));
    const gone = Object.keys(POLICIES).filter((route) => !routes.has(route));
    if (open.length > 0) throw new Error(`routes without a policy: ${open.join(', ')}`);
    if (gone.length > 0) throw new Error(`policies of routes that do not exist: ${gone.join(', ')}`);
  }
}
