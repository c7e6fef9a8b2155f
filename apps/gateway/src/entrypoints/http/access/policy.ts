import { SetMetadata } from '@nestjs/common';

/**
 * Who may call a route. There is no default: a route without a policy answers 403, and a test fails that walks all routes.
 * - `public`: everybody
 * - `guest`: who has an access token of a guest session
 * - `figures`: this machine in standalone mode; who has an operator's pass, or the token for figures; for others of a cluster there is nothing here
 * - `provider`: a payment provider; the signature over the body is checked by checkout
 */
export type PolicyName = 'public' | 'guest' | 'figures' | 'provider';

export const POLICY = Symbol('policy');

/** Says who may call this route, or all routes of this controller. */
export const Policy = (name: PolicyName) => SetMetadata(POLICY, name);

/** The policy of a handler, the handler's own word going before its controller's. */
export function policyOf(handler: object, controller: object): PolicyName | undefined {
  return (Reflect.getMetadata(POLICY, handler) ?? Reflect.getMetadata(POLICY, controller)) as
    PolicyName | undefined;
}
