import { NEVER_FOR_KEYS, SCOPES, scopesOfRole, STAFF_ROLES } from './access';

describe('the scopes of the roles', () => {
  it('owners have all', () => {
    expect(scopesOfRole('owner')).toEqual(SCOPES);
    expect(new Set(SCOPES).size).toBe(16);
  });

  it('staff lack what governs people, keys, settings, audit and webhooks', () => {
    const lacking = SCOPES.filter((scope) => !scopesOfRole('staff').includes(scope));
    expect(lacking).toEqual(['webhooks:write', 'staff:write', 'keys:write', 'audit:read', 'settings:write']);
  });

  it('viewers read, but not the audit', () => {
    expect(scopesOfRole('viewer')).toEqual(['catalogue:read', 'drops:read', 'orders:read', 'webhooks:read']);
  });

  it('each role has what the weaker one has', () => {
    const [owner, staff, viewer] = STAFF_ROLES.map((role) => scopesOfRole(role));
    expect(owner).toEqual(expect.arrayContaining([...staff!]));
    expect(staff).toEqual(expect.arrayContaining([...viewer!]));
    expect(owner).toEqual(expect.arrayContaining([...NEVER_FOR_KEYS]));
  });
});
