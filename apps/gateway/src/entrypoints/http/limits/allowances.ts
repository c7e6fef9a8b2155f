import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppConfig } from '@holdfast/config';
import { isDropId, isGhostId, MERCHANT_QUOTAS } from '@holdfast/kernel';
import { SecurityEvents } from '@holdfast/observability';
import { DropMerchants } from '../../../application/drop-merchants';
import { LimitStore } from '../../../application/ports/limit-store.port';
import type { Allowance } from '../../../domain/gcra';
import { Operators } from '../access/operator';
import { ProblemError } from '../problems/problem';
import { addressKey, clientAddress } from './address-key';
import { type LimitName, limitPolicies, type LimitPolicy } from './limit-policies';

/** Applies the public limits of the contract, for the guard of the routes and for answers without a route. */
@Injectable()
export class Allowances {
  private readonly policies: Record<LimitName, readonly LimitPolicy[]>;

  constructor(
    @Inject(LimitStore) private readonly limits: LimitStore,
    private readonly operators: Operators,
    private readonly merchants: DropMerchants,
    private readonly config: AppConfig,
    private readonly events: SecurityEvents,
  ) {
    this.policies = limitPolicies(config.merchantQuotas ?? MERCHANT_QUOTAS);
  }

  /**
   * Takes one from each limit that applies to the request and sets the response headers. Throws
   * `ProblemError` (429) if one is used up; synchronous unless a remote call is needed.
   */
  spend(name: LimitName, request: FastifyRequest, reply: FastifyReply): true | Promise<true> {
    if (this.isLifted(request)) return true;
    return this.spendFrom(this.policies[name], 0, null, request, reply);
  }

  /** Throws `ProblemError` (429) if the address has used up the limit `name`; takes nothing. */
  refuseExhausted(name: LimitName, request: FastifyRequest, reply: FastifyReply): void {
    if (this.isLifted(request)) return;
    for (const policy of this.policies[name]) {
      if (policy.of !== 'address') continue;
      const allowance = this.limits.peek(addressKey(clientAddress(request)), policy);
      if (!allowance.allowed) this.refuse(request, reply, { policy, allowance });
    }
  }

  private isLifted(request: FastifyRequest): boolean {
    return !this.config.limits || this.operators.hasPass(request);
  }

  /** Takes from each limit in turn, from `first` on; `tightest` is the one closest to exhaustion so far. */
  private spendFrom(
    policies: readonly LimitPolicy[],
    first: number,
    tightest: Spent | null,
    request: FastifyRequest,
    reply: FastifyReply,
  ): true | Promise<true> {
    let least = tightest;
    for (let at = first; at < policies.length; at += 1) {
      const policy = policies[at]!;
      const owner = this.ownerOf(policy, request);
      if (owner === undefined) continue;
      const taken = this.limits.take(owner, policy);
      if (taken instanceof Promise) {
        const before = least;
        return taken.then((allowance) => {
          const now = this.tighter(before, { policy, allowance }, request, reply);
          return this.spendFrom(policies, at + 1, now, request, reply);
        });
      }
      least = this.tighter(least, { policy, allowance: taken }, request, reply);
    }
    if (least) tell(reply, least);
    return true;
  }

  /** The limit closer to exhaustion. Throws if the second one is used up. */
  private tighter(before: Spent | null, now: Spent, request: FastifyRequest, reply: FastifyReply): Spent {
    if (!now.allowance.allowed) this.refuse(request, reply, now);
    return before && before.allowance.remaining <= now.allowance.remaining ? before : now;
  }

  private refuse(request: FastifyRequest, reply: FastifyReply, spent: Spent): never {
    tell(reply, spent);
    this.events.report('rate-limited', { address: clientAddress(request), detail: spent.policy.name });
    throw new ProblemError({
      code: 'quota-exceeded',
      retryAfterSeconds: Math.ceil(spent.allowance.nextInMs / 1000),
      ...(spent.policy.detail === undefined ? {} : { detail: spent.policy.detail }),
    });
  }

  /**
   * The key of the allowance; undefined if the request has none. Client input becomes a key only if it has the
   * form of a drop id.
   */
  private ownerOf(policy: LimitPolicy, request: FastifyRequest): string | undefined {
    const { principal } = request;
    switch (policy.of) {
      case 'address':
        return addressKey(clientAddress(request));
      case 'customer':
        return principal?.kind === 'shopper' ? principal.customerId : undefined;
      case 'person':
        return principal?.kind === 'staff' ? principal.staffId : undefined;
      case 'merchant':
        return principal && principal.kind !== 'shopper' ? principal.merchantId : undefined;
      case 'merchant-of-drop': {
        if (principal && principal.kind !== 'shopper') return undefined;
        const dropId = dropIdOf(request);
        // A rehearsal takes nothing from what the merchant's shoppers may do.
        return dropId === undefined || isGhostId(dropId) ? undefined : this.merchants.of(dropId);
      }
      case 'everybody':
        return 'everybody';
      case 'drop': {
        const dropId = dropIdOf(request);
        return dropId !== undefined && isDropId(dropId) ? dropId : undefined;
      }
    }
  }
}

/** As the client wrote it; undefined where the route has none, or there is no route. */
function dropIdOf({ params }: FastifyRequest): string | undefined {
  return (params as { dropId?: string } | null | undefined)?.dropId;
}

interface Spent {
  policy: LimitPolicy;
  allowance: Allowance;
}

/** Reports only the limit closest to exhaustion (draft-ietf-httpapi-ratelimit-headers-10, section 4). */
function tell(reply: FastifyReply, { policy, allowance: { remaining, nextInMs } }: Spent): void {
  reply.header('ratelimit', `"${policy.name}";r=${remaining};t=${Math.ceil(nextInMs / 1000)}`);
  reply.header('ratelimit-policy', `"${policy.name}";q=${policy.quota};w=${policy.windowSeconds}`);
}
