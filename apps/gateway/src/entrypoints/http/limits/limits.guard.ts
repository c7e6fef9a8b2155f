import { type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { InjectThrottlerOptions, ThrottlerGuard, type ThrottlerModuleOptions } from '@nestjs/throttler';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppConfig } from '@holdfast/config';
import { LimitStore } from '../../../application/ports/limit-store.port';
import { ThrottlerFace } from '../../../adapters/limits/throttler-face';
import type { Allowance } from '../../../domain/gcra';
import { Operators } from '../access/operator';
import { ProblemError } from '../problems/problem';
import { addressKey, clientAddress } from './address-key';
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
    @Inject(LimitStore) private readonly limits: LimitStore,
    reflector: Reflector,
    private readonly operators: Operators,
    private readonly config: AppConfig,
  ) {
    super(options, new ThrottlerFace(limits), reflector);
  }

  // Not `async`: with nothing to wait for, the request goes on in the same tick.
  override canActivate(context: ExecutionContext): Promise<boolean> {
    return this.check(context) as unknown as Promise<boolean>;
  }

  private check(context: ExecutionContext): boolean | Promise<boolean> {
    if (!this.config.limits) return true;
    const policies = this.policiesOf(context.getHandler());
    if (!policies) return true;
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    if (this.operators.hasPass(request)) return true;
    return this.spend(policies, 0, null, request, http.getResponse<FastifyReply>());
  }

  /** One limit after the other, from `first` on; `tightest` is the one nearest to its end so far. */
  private spend(
    policies: readonly LimitPolicy[],
    first: number,
    tightest: Spent | null,
    request: FastifyRequest,
    reply: FastifyReply,
  ): boolean | Promise<boolean> {
    let least = tightest;
    for (let at = first; at < policies.length; at += 1) {
      const policy = policies[at]!;
      const owner = ownerOf(policy, request);
      if (owner === undefined) continue;
      const taken = this.limits.take(owner, policy);
      if (taken instanceof Promise) {
        const before = least;
        return taken.then((allowance) =>
          this.spend(policies, at + 1, tighter(before, { policy, allowance }, reply), request, reply),
        );
      }
      least = tighter(least, { policy, allowance: taken }, reply);
    }
    if (least) tell(reply, least);
    return true;
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
      return addressKey(clientAddress(request));
    case 'customer':
      return request.principal?.customerId;
    case 'drop':
      return (request.params as { dropId?: string }).dropId;
  }
}

interface Spent {
  policy: LimitPolicy;
  allowance: Allowance;
}

/** The one of the two that is nearer to its end. Throws when the second one is used up. */
function tighter(before: Spent | null, now: Spent, reply: FastifyReply): Spent {
  const { allowed, remaining, nextInMs } = now.allowance;
  if (!allowed) {
    tell(reply, now);
    throw new ProblemError({ code: 'quota-exceeded', retryAfterSeconds: Math.ceil(nextInMs / 1000) });
  }
  return before && before.allowance.remaining <= remaining ? before : now;
}

/** Only the limit nearest to its end is told; that is what the client has to mind (draft-ietf-httpapi-ratelimit-headers-10, section 4). */
function tell(reply: FastifyReply, { policy, allowance: { remaining, nextInMs } }: Spent): void {
  reply.header('ratelimit', `"${policy.name}";r=${remaining};t=${Math.ceil(nextInMs / 1000)}`);
  reply.header('ratelimit-policy', `"${policy.name}";q=${policy.quota};w=${policy.windowSeconds}`);
}
