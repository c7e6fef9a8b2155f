import type { Scope } from '@holdfast/contracts';

/**
 * Who may call a route:
 * - `public`: everybody
 * - `sign-in`: everybody but a program with an API key, which has nobody to sign in
 * - `guest`: who has an access token of a guest session
 * - `figures`: this machine in standalone mode; who has an operator's pass, or the token for figures; for others of a cluster there is nothing here
 * - `provider`: a payment provider; the signature over the body is checked by checkout
 * - `person`: a signed-in person of a merchant, about their own account
 * - `merchant`: any person or API key of a merchant
 * - a scope: a person or API key of a merchant that has it; `stepUp`: a person needs a stepped-up token as well
 */
export type Policy =
  | 'public'
  | 'sign-in'
  | 'guest'
  | 'figures'
  | 'provider'
  | 'person'
  | 'merchant'
  | Scope
  | { readonly scope: Scope; readonly stepUp: true };

const withStepUp = (scope: Scope): Policy => ({ scope, stepUp: true });

/**
 * Every route and who may call it. There is no default: the product does not start with a route that is missing here, and a route that was
 * added later answers 403.
 */
export const POLICIES: Readonly<Record<string, Policy>> = {
  'GET /': 'public',
  'GET /d/:dropId': 'public',
  // The merchants' page has no data of its own: its script signs in and asks the API.
  'GET /admin': 'public',
  'GET /admin/link': 'public',
  'GET /admin/drops/new': 'public',
  'GET /admin/drops/:dropId': 'public',
  'GET /admin/drops/:dropId/edit': 'public',
  'GET /admin/drops/:dropId/timeline': 'public',
  'GET /admin/drops/:dropId/rehearsals': 'public',
  'GET /admin/products': 'public',
  'GET /admin/orders': 'public',
  'GET /admin/audit': 'public',
  'GET /admin/settings': 'public',
  'GET /admin/runbooks/:name': 'public',
  'GET /docs': 'public',
  'GET /docs/start.js': 'public',
  'GET /openapi.json': 'public',
  'GET /problems/:code': 'public',
  'GET /health/live': 'public',
  'GET /health/ready': 'public',
  'GET /metrics': 'figures',
  'GET /.well-known/holdfast-audit-keys.json': 'public',

  'POST /v1/sessions': 'public',
  'DELETE /v1/sessions': 'public',
  'GET /v1/drops': 'public',
  'GET /v1/drops/:dropId': 'public',
  'GET /v1/drops/:dropId/live': 'public',
  'POST /v1/drops/:dropId/holds': 'guest',
  'GET /v1/holds': 'guest',
  'GET /v1/holds/:holdId': 'guest',
  'DELETE /v1/holds/:holdId': 'guest',
  'POST /v1/orders': 'guest',
  'GET /v1/orders': 'guest',
  'GET /v1/orders/:orderId': 'guest',
  'POST /v1/payments/webhooks/:provider': 'provider',
  'GET /sandbox/3ds/:reference': 'public',
  'POST /sandbox/3ds/:reference': 'public',

  'POST /v1/auth/login': 'sign-in',
  'POST /v1/auth/link': 'sign-in',
  // The cookie tells whose session it is.
  'POST /v1/auth/refresh': 'sign-in',
  'POST /v1/auth/logout': 'sign-in',
  'GET /v1/auth/me': 'person',
  'POST /v1/auth/password': 'person',
  'POST /v1/auth/step-up': 'person',
  'POST /v1/auth/mfa/totp': 'person',
  'POST /v1/auth/mfa/totp/confirm': 'person',
  'POST /v1/auth/mfa/totp/remove': 'person',

  'GET /v1/admin/drops/:dropId/stock-adjustments': 'drops:read',
  'POST /v1/admin/drops/:dropId/stock-adjustments': 'stock:write',
  'GET /v1/admin/drops/:dropId/holds': 'drops:read',
  'POST /v1/admin/holds/:holdId/release': 'holds:release',
  'GET /v1/admin/drops/:dropId/orders': 'orders:read',
  'GET /v1/admin/orders': 'orders:read',
  'GET /v1/admin/orders/:orderId': 'orders:read',

  'GET /v1/admin/merchant': 'merchant',
  'PATCH /v1/admin/merchant': 'settings:write',
  'GET /v1/admin/staff': 'staff:write',
  'POST /v1/admin/staff': withStepUp('staff:write'),
  'PATCH /v1/admin/staff/:staffId': 'staff:write',
  'DELETE /v1/admin/staff/:staffId': withStepUp('staff:write'),
  'GET /v1/admin/products': 'catalogue:read',
  'POST /v1/admin/products': 'catalogue:write',
  'POST /v1/admin/products/import': 'catalogue:write',
  'GET /v1/admin/products/:productId': 'catalogue:read',
  'PATCH /v1/admin/products/:productId': 'catalogue:write',
  'DELETE /v1/admin/products/:productId': 'catalogue:write',
  'GET /v1/admin/drops/:dropId/stats': 'drops:read',
  'GET /v1/admin/drops/:dropId/series': 'drops:read',
  'GET /v1/admin/drops/:dropId/live': 'drops:read',
  'GET /v1/admin/drops/:dropId/timeline': 'drops:read',
  'GET /v1/admin/api-keys': 'keys:write',
  'POST /v1/admin/api-keys': withStepUp('keys:write'),
  'DELETE /v1/admin/api-keys/:keyId': withStepUp('keys:write'),

  'GET /v1/admin/drops': 'drops:read',
  'POST /v1/admin/drops': 'drops:write',
  'GET /v1/admin/drops/:dropId': 'drops:read',
  'PATCH /v1/admin/drops/:dropId': 'drops:write',
  'DELETE /v1/admin/drops/:dropId': 'drops:write',
  'POST /v1/admin/drops/:dropId/schedule': 'drops:write',
  'POST /v1/admin/drops/:dropId/open': 'drops:write',
  'POST /v1/admin/drops/:dropId/pause': 'drops:write',
  'POST /v1/admin/drops/:dropId/resume': 'drops:write',
  'POST /v1/admin/drops/:dropId/close': 'drops:write',
  'POST /v1/admin/drops/:dropId/duplicate': 'drops:write',
  'GET /v1/admin/drops/:dropId/admission': 'drops:read',
  'PUT /v1/admin/drops/:dropId/admission': 'drops:write',
  'GET /v1/admin/drops/:dropId/rehearsals': 'drops:read',
  'POST /v1/admin/drops/:dropId/rehearsals': 'rehearsals:run',
  'GET /v1/admin/drops/:dropId/rehearsals/:rehearsalId': 'drops:read',
  'GET /v1/admin/drops/:dropId/rehearsals/:rehearsalId/report': 'drops:read',
  'DELETE /v1/admin/drops/:dropId/rehearsals/:rehearsalId': 'rehearsals:run',
  'GET /v1/admin/audit': 'audit:read',
  'GET /v1/admin/audit/checkpoint': 'audit:read',
  'GET /v1/admin/audit/export': 'audit:read',
};
