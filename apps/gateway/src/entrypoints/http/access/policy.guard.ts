import { type ExecutionContext, Injectable } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { assertNever } from '@holdfast/kernel';
import { ProblemError } from '../problems/problem';
import type { VerifiedGuest } from './guest.strategy';
import { KnownGuests } from './known-guests';
import { Operators } from './operator';
import { policyOf, type PolicyName } from './policy';

/** The first guard of every route: lets through whom the route's policy names, and nobody where a policy is missing. */
@Injectable()
export class PolicyGuard extends AuthGuard('guest') {
  private readonly policies = new WeakMap<object, PolicyName>();

  constructor(
    private readonly guests: KnownGuests,
    private readonly operators: Operators,
  ) {
    super();
  }

  override canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const policy = this.policyOf(context);
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    switch (policy) {
      case 'public':
      case 'provider':
        return true;
      case 'guest':
        return this.admitGuest(request, context);
      case 'figures':
        if (this.operators.maySeeFigures(request)) return true;
        // In a cluster the figures have an address of their own; the public one does not tell that there are any.
        if (this.operators.ofCluster) throw new ProblemError({ code: 'not-found' });
        throw new ProblemError({ code: 'unauthenticated', detail: 'An operator’s pass is needed here.' });
      case undefined:
        throw new ProblemError({ code: 'forbidden' });
      default:
        return assertNever(policy);
    }
  }

  private admitGuest(request: FastifyRequest, context: ExecutionContext): true | Promise<boolean> {
    const { authorization } = request.headers;
    if (authorization !== undefined) {
      const known = this.guests.find(authorization);
      if (known) {
        request.principal = known;
        return true;
      }
    }
    return super.canActivate(context) as Promise<boolean>;
  }

  /** Called by passport with what the strategy found. */
  override handleRequest<User>(
    error: unknown,
    guest: VerifiedGuest | false | undefined,
    _info: unknown,
    context: ExecutionContext,
  ): User {
    if (error) throw error;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { authorization } = request.headers;
    if (!guest || authorization === undefined) throw new ProblemError(unauthenticated(authorization));
    this.guests.verified(authorization, guest);
    request.principal = guest;
    return guest as User;
  }

  private policyOf(context: ExecutionContext): PolicyName | undefined {
    const handler = context.getHandler();
    let policy = this.policies.get(handler);
    if (policy === undefined) {
      policy = policyOf(handler, context.getClass());
      if (policy !== undefined) this.policies.set(handler, policy);
    }
    return policy;
  }
}

function unauthenticated(authorization: string | undefined) {
  // RFC 6750, section 3.1: no error code for who sent no token at all.
  const challenge = authorization === undefined ? '' : ', error="invalid_token"';
  return {
    code: 'unauthenticated',
    headers: { 'www-authenticate': `Bearer realm="holdfast"${challenge}` },
  } as const;
}
