import { isScope, NEVER_FOR_KEYS, type Scope } from '@holdfast/contracts';

export type KeyScopes =
  | { kind: 'fine'; scopes: Scope[] }
  | { kind: 'invalid-scopes' }
  | { kind: 'forbidden-scopes'; scopes: Scope[] };

/** The scopes of a new key: one at least, none twice, none that its maker lacks, and never those with which it could make people or keys. */
export function scopesOfNewKey(asked: readonly string[], makerScopes: readonly Scope[]): KeyScopes {
  const scopes = [...new Set(asked)];
  if (scopes.length === 0 || !scopes.every(isScope)) return { kind: 'invalid-scopes' };
  const forbidden = scopes.filter((scope) => NEVER_FOR_KEYS.includes(scope) || !makerScopes.includes(scope));
  return forbidden.length > 0 ? { kind: 'forbidden-scopes', scopes: forbidden } : { kind: 'fine', scopes };
}
