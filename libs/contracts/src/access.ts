/** What a caller of the merchant API may do. Each route needs one of them. */
export const SCOPES = [
  'catalogue:read',
  'catalogue:write',
  'drops:read',
  'drops:write',
  'stock:write',
  'holds:release',
  'orders:read',
  'orders:refund',
  'orders:fulfil',
  'webhooks:read',
  'webhooks:write',
  'rehearsals:run',
  'staff:write',
  'keys:write',
  'audit:read',
  'settings:write',
] as const;

export type Scope = (typeof SCOPES)[number];

export const STAFF_ROLES = ['owner', 'staff', 'viewer'] as const;

export type StaffRole = (typeof STAFF_ROLES)[number];

const OWNERS_ONLY: ReadonlySet<Scope> = new Set<Scope>([
  'staff:write',
  'keys:write',
  'settings:write',
  'audit:read',
  'webhooks:write',
]);

const OF_ROLE: Record<StaffRole, readonly Scope[]> = {
  owner: SCOPES,
  staff: SCOPES.filter((scope) => !OWNERS_ONLY.has(scope)),
  viewer: SCOPES.filter((scope) => scope.endsWith(':read') && !OWNERS_ONLY.has(scope)),
};

/** A key that makes staff or keys could give itself any right, so these need a person. */
export const NEVER_FOR_KEYS: readonly Scope[] = ['staff:write', 'keys:write'];

export function scopesOfRole(role: StaffRole): readonly Scope[] {
  return OF_ROLE[role];
}

export function isScope(text: string): text is Scope {
  return (SCOPES as readonly string[]).includes(text);
}
