import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppConfig } from '@holdfast/config';
import { SecurityEvents } from '@holdfast/observability';
import { LimitStore } from '../../../application/ports/limit-store.port';
import type { Allowance } from '../../../domain/gcra';
import { Operators } from '../access/operator';
import { ProblemError } from '../problems/problem';
import { looksLikeId } from '../schemas/inputs';
import { addressKey, clientAddress } from './address-key';
import { LIMIT_POLICIES, type LimitName, type LimitPolicy } from './limit-policies';

/** What clients may still do, by the public limits of the contract: asked by the guard of the routes and by whoever answers without a route. */
@Injectable()
export class Allowances {
  constructor(
    @Inject(LimitStore) private readonly limits: LimitStore,
    private readonly operators: Operators,
    private readonly config: AppConfig,
    private readonly events: SecurityEvents,
  ) {}

  /**
   * Takes one from each limit that the request falls under and tells the client in its headers. Throws `ProblemError` (429) when one is used up,
   * as a rejection only where it answers with a promise; with nothing to wait for, the request goes on in the same tick.
   */
  spend(name: LimitName, request: FastifyRequest, reply: FastifyReply): true | Promise<true> {
    if (this.isLifted(request)) return true;
    return this.spendFrom(LIMIT_POLICIES[name], 0, null, request, reply);
  }

  /** Throws `ProblemError` (429) while the address has used up what `name` allows it, and takes nothing. */
  refuseExhausted(name: LimitName, request: FastifyRequest, reply: FastifyReply): void {
    if (this.isLifted(request)) return;
    for (const policy of LIMIT_POLICIES[name]) {
      const owner = ownerOf(policy, request);
      const allowance = owner === undefined ? null : this.limits.peek(owner, policy);
      if (allowance && !allowance.allowed) this.refuse(request, reply, { policy, allowance });
    }
  }

  private isLifted(request: FastifyRequest): boolean {
    return !this.config.limits || this.operators.hasPass(request);
  }

  /** One limit after the other, from `first` on; `tightest` is the one nearest to its end so far. */
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
      const owner = ownerOf(policy, request);
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

  /** The one of the two that is nearer to its end. Throws when the second one is used up. */
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
    });
  }
}

/** Whose allowance it is; undefined when the request names nobody. What a client sends becomes a key only when it looks like one of our ids. */
function ownerOf(policy: LimitPolicy, request: FastifyRequest): string | undefined {
  switch (policy.of) {
    case 'address':
      return addressKey(clientAddress(request));
    case 'customer':
      return request.principal?.customerId;
    case 'drop': {
      const { dropId } = request.params as { dropId?: string };
      return dropId !== undefined && looksLikeId(dropId) ? dropId : undefined;
    }
  }
}

interface Spent {
  policy: LimitPolicy;
  allowance: Allowance;
}

/** Only the limit nearest to its end is told; that is what the client has to mind (draft-ietf-httpapi-ratelimit-headers-10, section 4). */
function tell(reply: FastifyReply, { policy, allowance: { remaining, nextInMs } }: Spent): void {
  reply.header('ratelimit', `"${policy.name}";r=${remaining};t=${Math.ceil(nextInMs / 1000)}`);
  reply.header('ratelimit-policy', `"${policy.name}";q=${policy.quota};w=${policy.windowSeconds}`);
}
