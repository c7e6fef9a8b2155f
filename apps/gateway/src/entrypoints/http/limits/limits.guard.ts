import { type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { InjectThrottlerOptions, ThrottlerGuard, type ThrottlerModuleOptions } from '@nestjs/throttler';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppConfig } from '@holdfast/config';
import { GcraStorage } from '../../../adapters/limits/gcra-storage';
import type { Allowance } from '../../../domain/gcra';
import { Operators } from '../access/operator';
import { ProblemError } from '../problems/problem';
import { addressKey } from './address-key';
import { LIMIT, LIMIT_POLICIES, type LimitName, type LimitPolicy } from './limit-policies';

/**
 * The second guard: the public limits of the contract. It replaces the library's walk over its options (a hash and a dozen reflections a
 * request) by one look-up a limit.
 */
@Injectable()
export class LimitsGuard extends ThrottlerGuard {
  private readonly limitOf = new WeakMap<object, readonly LimitPolicy[] | null>();

  constructor(
    @InjectThrottlerOptions() options: ThrottlerModuleOptions,
    // Named, because the library's own wish for this place is inherited.
    @Inject(GcraStorage) private readonly storage: GcraStorage,
    reflector: Reflector,
    private readonly operators: Operators,
    private readonly config: AppConfig,
  ) {
    super(options, storage, reflector);
  }

  // Not `async`: with nothing to wait for, the request goes on in the same tick.
  override canActivate(context: ExecutionContext): Promise<boolean> {
    return this.check(context) as unknown as Promise<boolean>;
  }

  private check(context: ExecutionContext): boolean {
    if (!this.config.limits) return true;
    const policies = this.policiesOf(context.getHandler());
    if (!policies) return true;
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    if (this.operators.hasPass(request)) return true;
    this.spend(policies, request, http.getResponse<FastifyReply>());
    return true;
  }

  private spend(policies: readonly LimitPolicy[], request: FastifyRequest, reply: FastifyReply): void {
    let tightest: { policy: LimitPolicy; allowance: Allowance } | undefined;
    for (const policy of policies) {
      const owner = ownerOf(policy, request);
      if (owner === undefined) continue;
      const allowance = this.storage.take(`${policy.name}:${owner}`, policy);
      if (!allowance.allowed) {
        tell(reply, policy, allowance);
        throw new ProblemError({
          code: 'quota-exceeded',
          retryAfterSeconds: Math.ceil(allowance.nextInMs / 1000),
        });
      }
      if (!tightest || allowance.remaining < tightest.allowance.remaining) tightest = { policy, allowance };
    }
    if (tightest) tell(reply, tightest.policy, tightest.allowance);
  }

  private policiesOf(handler: object): readonly LimitPolicy[] | null {
    let policies = this.limitOf.get(handler);
    if (policies === undefined) {
      const name = Reflect.getMetadata(LIMIT, handler) as LimitName | undefined;
      policies = name ? LIMIT_POLICIES[name] : null;
      this.limitOf.set(handler, policies);
    }
    return policies;
  }
}

function ownerOf(policy: LimitPolicy, request: FastifyRequest): string | undefined {
  switch (policy.of) {
    case 'address':
      return addressKey(request.ip);
    case 'customer':
      return request.principal?.customerId;
    case 'drop':
      return (request.params as { dropId?: string }).dropId;
  }
}

/** Only the limit nearest to its end is told; that is what the client has to mind (draft-ietf-httpapi-ratelimit-headers-10, section 4). */
function tell(reply: FastifyReply, policy: LimitPolicy, { remaining, nextInMs }: Allowance): void {
  reply.header('ratelimit', `"${policy.name}";r=${remaining};t=${Math.ceil(nextInMs / 1000)}`);
  reply.header('ratelimit-policy', `"${policy.name}";q=${policy.quota};w=${policy.windowSeconds}`);
}
