import { type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { InjectThrottlerOptions, ThrottlerGuard, type ThrottlerModuleOptions } from '@nestjs/throttler';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ThrottlerFace } from '../../../adapters/limits/throttler-face';
import { LimitStore } from '../../../application/ports/limit-store.port';
import { Allowances } from './allowances';
import { LIMIT, type LimitName } from './limit-policies';

/**
 * The second guard: the public limits of the contract. It replaces the library's walk over its options (a hash and a dozen reflections a
 * request) by one look-up a limit. A route that says nothing counts as a read.
 */
@Injectable()
export class LimitsGuard extends ThrottlerGuard {
  private readonly limitOf = new WeakMap<object, LimitName | 'own'>();

  constructor(
    @InjectThrottlerOptions() options: ThrottlerModuleOptions,
    // Named, because the library's own wish for this place is inherited.
    @Inject(LimitStore) limits: LimitStore,
    reflector: Reflector,
    private readonly allowances: Allowances,
  ) {
    super(options, new ThrottlerFace(limits), reflector);
  }

  // Not `async`: with nothing to wait for, the request goes on in the same tick.
  override canActivate(context: ExecutionContext): Promise<boolean> {
    return this.check(context) as unknown as Promise<boolean>;
  }

  private check(context: ExecutionContext): true | Promise<true> {
    const limit = this.limitFor(context.getHandler());
    if (limit === 'own') return true;
    const http = context.switchToHttp();
    return this.allowances.spend(limit, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  private limitFor(handler: object): LimitName | 'own' {
    let limit = this.limitOf.get(handler);
    if (limit === undefined) {
      limit = (Reflect.getMetadata(LIMIT, handler) as LimitName | 'own' | undefined) ?? 'reads';
      this.limitOf.set(handler, limit);
    }
    return limit;
  }
}
