import { type ArgumentsHost, type ExecutionContext, Injectable } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SecurityEvents } from '@holdfast/observability';
import { clientAddress } from '../limits/address-key';
import { Allowances } from '../limits/allowances';
import { type Problem, ProblemError } from '../problems/problem';
import { bearerTokenOf } from './bearer';
import { Ghosts } from './ghosts';
import type { VerifiedGuest } from './guest.strategy';
import { KnownGuests } from './known-guests';
import { Operators } from './operator';
import { isApiKey, MerchantAccess } from './merchant-access';
import { type Policy, POLICIES } from './policies';
import { routeName } from './routes';

const KEY_FOR_SIGN_IN: Problem = {
  code: 'unauthenticated',
  detail: 'API keys are for programs: signing in is for people. Send no Authorization header here.',
};
const NO_OPERATOR: Problem = { code: 'unauthenticated', detail: 'An operator token is required.' };

/** The first guard of every route: lets through whom the route's policy names, and nobody where a policy is missing. */
@Injectable()
export class PolicyGuard extends AuthGuard('guest') {
  private readonly policies = new WeakMap<object, Policy>();

  constructor(
    private readonly guests: KnownGuests,
    private readonly operators: Operators,
    private readonly merchants: MerchantAccess,
    private readonly allowances: Allowances,
    private readonly events: SecurityEvents,
    private readonly ghosts: Ghosts,
  ) {
    super();
  }

  override canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    return this.admit(this.policyOf(context), context);
  }

  /** Why the route does not admit the caller, of a request whose body was refused before the guards ran; null: it does. */
  async refusalOf(host: ArgumentsHost): Promise<Problem | null> {
    const { method, routeOptions } = host.switchToHttp().getRequest<FastifyRequest>();
    try {
      // Nothing is asked of the context but the request and the reply.
      await this.admit(POLICIES[`${method} ${routeOptions.url}`], host as ExecutionContext);
      return null;
    } catch (error) {
      if (error instanceof ProblemError) return error.problem;
      throw error;
    }
  }

  private admit(policy: Policy | undefined, context: ExecutionContext): boolean | Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    this.ghosts.admit(request, policy);
    switch (policy) {
      case 'public':
      case 'provider':
        return true;
      case 'sign-in':
        if (!isApiKey(bearerTokenOf(request.raw))) return true;
        return this.refuse(request, context, KEY_FOR_SIGN_IN);
      case 'guest':
        return this.admitGuest(request, context);
      case 'figures':
        if (this.operators.maySeeFigures(request)) return true;
        // In a cluster the figures have an address of their own; the public one does not tell that there are any.
        if (this.operators.ofCluster) return this.refuse(request, context, { code: 'not-found' });
        return this.refuse(request, context, NO_OPERATOR);
      case undefined:
        throw new ProblemError({ code: 'forbidden' });
      default:
        return this.admitForMerchant(policy, request, context);
    }
  }

  private admitGuest(request: FastifyRequest, context: ExecutionContext): true | Promise<boolean> {
    const token = bearerTokenOf(request.raw);
    if (token === undefined) return this.refuse(request, context);
    const known = this.guests.find(token);
    if (known === undefined) return this.verify(token, request, context);
    request.principal = known;
    return true;
  }

  private async admitForMerchant(
    policy: Policy,
    request: FastifyRequest,
    context: ExecutionContext,
  ): Promise<boolean> {
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    // Looking up a key costs a query, so who has used up the reads of their address is not looked up.
    this.allowances.refuseExhausted('reads', request, reply);
    const token = bearerTokenOf(request.raw);
    const principal = token === undefined ? null : await this.merchants.principalOf(token);
    if (!principal || (policy === 'person' && principal.kind !== 'staff'))
      return this.refuse(request, context, notSignedIn(request.headers.authorization));
    request.principal = principal;
    const refusal = await this.merchants.refusalOf(principal, policy);
    if (!refusal) return true;
    await this.allowances.spend('reads', request, reply);
    throw new ProblemError(refusal);
  }

  private async verify(token: string, request: FastifyRequest, context: ExecutionContext): Promise<boolean> {
    // Passport's answer: it has called `handleRequest`.
    if (!(await super.canActivate(context)) || !request.principal) return this.refuse(request, context);
    this.guests.verified(token, request.principal as VerifiedGuest);
    return true;
  }

  /** Called by passport with what the strategy found. */
  override handleRequest<User>(
    error: unknown,
    guest: VerifiedGuest | false | undefined,
    _info: unknown,
    context: ExecutionContext,
  ): User {
    if (error) throw error;
    context.switchToHttp().getRequest<FastifyRequest>().principal = guest || null;
    return (guest || null) as User;
  }

  /** A failed token counts as a read, so that guessing has a price. Throws, in the end, who is not let in. */
  private async refuse(
    request: FastifyRequest,
    context: ExecutionContext,
    problem?: Problem,
  ): Promise<never> {
    const { authorization } = request.headers;
    if (authorization !== undefined) this.events.report('bad-token', { address: clientAddress(request) });
    await this.allowances.spend('reads', request, context.switchToHttp().getResponse<FastifyReply>());
    throw new ProblemError(problem ?? unauthenticated(authorization));
  }

  private policyOf(context: ExecutionContext): Policy | undefined {
    const handler = context.getHandler();
    let policy = this.policies.get(handler);
    if (policy === undefined) {
      policy = POLICIES[routeName(handler, context.getClass())];
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

function notSignedIn(authorization: string | undefined): Problem {
  const detail =
    'The access token or API key is missing, expired or invalid. Sign in with POST /v1/auth/login.';
  return { ...unauthenticated(authorization), detail };
}
