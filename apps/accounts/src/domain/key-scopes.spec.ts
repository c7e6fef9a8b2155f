import { SCOPES, scopesOfRole, STAFF_ROLES } from '@holdfast/contracts';
import * as fc from 'fast-check';
import { scopesOfNewKey } from './key-scopes';

it('a key has one scope at least, and only such as exist', () => {
  expect(scopesOfNewKey([], SCOPES)).toEqual({ kind: 'invalid-scopes' });
  expect(scopesOfNewKey(['drops:read', 'drops:own'], SCOPES)).toEqual({ kind: 'invalid-scopes' });
  expect(scopesOfNewKey(['drops:read', 'drops:read'], SCOPES)).toEqual({
    kind: 'fine',
    scopes: ['drops:read'],
  });
});

it('no key may make staff or keys, whatever its maker may do', () => {
  for (const scope of ['staff:write', 'keys:write'] as const)
    expect(scopesOfNewKey(['drops:read', scope], SCOPES)).toEqual({
      kind: 'forbidden-scopes',
      scopes: [scope],
    });
});

it('no key has more than its maker', () => {
  fc.assert(
    fc.property(
      fc.subarray([...SCOPES], { minLength: 1 }),
      fc.constantFrom(...STAFF_ROLES),
      (asked, role) => {
        const outcome = scopesOfNewKey(asked, scopesOfRole(role));
        const lacking = asked.filter(
          (scope) => !scopesOfRole(role).includes(scope) || scope === 'staff:write' || scope === 'keys:write',
        );
        expect(outcome).toEqual(
          lacking.length > 0
            ? { kind: 'forbidden-scopes', scopes: lacking }
            : { kind: 'fine', scopes: asked },
        );
      },
    ),
  );
});
