import {
  type ApiKey,
  ApiKeys,
  Merchants,
  type Scope,
  scopesOfRole,
  secretHash,
  type SignIn,
  type StaffClaims,
} from '@holdfast/contracts';
import { Clock } from '@holdfast/kernel';
import type { Problem } from '../problems/problem';
import type { Policy } from './policies';
import { callerOf, type KeyPrincipal, type MerchantPrincipal, type StaffPrincipal } from './request';
import { RevocationWatch } from './revocation-watch';
import { VerifiedCache } from './verified-cache';

const API_KEY = /^hfk_[\w-]{43}$/;
/** A key is looked up again so often that its last use is known to the minute; one that was removed is told by the revocations. */
const KEY_MS = 30_000;
/** With the time that a look takes, less than the five seconds in which an open answer has to end. */
const MFA_RULE_MS = 3_000;
const BOUNDS = { entriesMax: 10_000, bytesMax: 8 * 1024 * 1024 } as const;

/** Knows who calls for a merchant: a signed-in person or a program with an API key, and what they may do. */
export class MerchantAccess {
  private readonly keys = new VerifiedCache<{ key: ApiKey; expiresAtMs: number }>(BOUNDS);
  private readonly mfaRules = new VerifiedCache<{ requireMfa: boolean; expiresAtMs: number }>(BOUNDS);
  /** Readings under way: all open answers of a merchant ask at the same time. */
  private readonly mfaReadings = new Map<string, Promise<boolean>>();
  /** Sessions of people who have enrolled a second factor since their token was made. */
  private readonly enrolled = new VerifiedCache<{ expiresAtMs: number }>(BOUNDS);

  constructor(
    private readonly watch: RevocationWatch,
    private readonly apiKeys: ApiKeys,
    private readonly merchants: Merchants,
    private readonly signIn: Pick<SignIn, 'whoAmI'>,
    private readonly clock: Clock,
  ) {}

  /** Null for whatever is no live token or key. Throws `ServiceUnavailable` when that cannot be known. */
  async principalOf(token: string): Promise<MerchantPrincipal | null> {
    if (isApiKey(token)) return this.keyOf(token);
    const claims = await this.watch.read(token);
    return claims && toPrincipal(claims);
  }

  /** Why the policy does not admit the caller: 403, in the contract's order (scope, second factor, step-up). Null when it does. */
  async refusalOf(principal: MerchantPrincipal, policy: Policy): Promise<Problem | null> {
    // Also a person without a second factor has to be able to enrol one.
    if (policy === 'person') return null;
    const { scope, stepUp } = neededBy(policy);
    if (scope && !principal.scopes.includes(scope))
      return { code: 'forbidden', detail: `This needs the scope ${scope}, which the caller does not have.` };
    if (principal.kind === 'api-key') return null;
    if ((await this.requiresMfa(principal)) && !(await this.hasMfa(principal)))
      return { code: 'mfa-required', status: 403, detail: MFA_NOT_ENROLLED };
    return stepUp && !principal.steppedUp ? { code: 'step-up-required' } : null;
  }

  private async keyOf(token: string): Promise<KeyPrincipal | null> {
    if (!API_KEY.test(token)) return null;
    const hash = secretHash(token);
    const nowMs = this.clock.now();
    let key = this.keys.get(hash, nowMs)?.key;
    if (!key) {
      const found = await this.apiKeys.findApiKey(hash);
      if (!found) return null;
      key = found;
      this.keys.set(hash, { key, expiresAtMs: Math.min(nowMs + KEY_MS, endOf(key)) });
    }
    if (!(await this.watch.isLive(key))) return null;
    const { id: keyId, merchantId, name, scopes } = key;
    return { kind: 'api-key', keyId, merchantId, name, scopes, endsAtMs: endOf(key) };
  }

  private async requiresMfa({ mfa, merchantId }: StaffPrincipal): Promise<boolean> {
    if (mfa) return false; // nothing to ask for, so the settings need not be read
    const nowMs = this.clock.now();
    const known = this.mfaRules.get(merchantId, nowMs);
    if (known) return known.requireMfa;
    const reading =
      this.mfaReadings.get(merchantId) ??
      this.readMfaRule(merchantId, nowMs).finally(() => this.mfaReadings.delete(merchantId));
    this.mfaReadings.set(merchantId, reading);
    return reading;
  }

  private async readMfaRule(merchantId: string, nowMs: number): Promise<boolean> {
    const requireMfa = (await this.merchants.getMerchant(merchantId))?.requireMfa ?? false;
    this.mfaRules.set(merchantId, { requireMfa, expiresAtMs: nowMs + MFA_RULE_MS });
    return requireMfa;
  }

  /** The token says what was so when it was made: who has enrolled since then goes on with it. */
  private async hasMfa(person: StaffPrincipal): Promise<boolean> {
    const nowMs = this.clock.now();
    if (this.enrolled.get(person.sessionId, nowMs)) return true;
    const found = await this.signIn.whoAmI(callerOf(person));
    if (!found?.mfa) return false;
    this.enrolled.set(person.sessionId, { expiresAtMs: nowMs + MFA_RULE_MS });
    return true;
  }
}

const MFA_NOT_ENROLLED = 'Your merchant requires a second factor. Enrol one with POST /v1/auth/mfa/totp.';

/** By its beginning; whether it is a live one is another question. */
export function isApiKey(token: string | undefined): boolean {
  return token?.startsWith('hfk_') ?? false;
}

function endOf({ expiresAt }: ApiKey): number {
  return expiresAt === null ? Infinity : Date.parse(expiresAt);
}

function neededBy(policy: Policy): { scope: Scope | null; stepUp: boolean } {
  if (typeof policy === 'object') return policy;
  return { scope: policy === 'merchant' ? null : (policy as Scope), stepUp: false };
}

function toPrincipal(claims: StaffClaims): StaffPrincipal {
  const { staffId, merchantId, sessionId, email, role, mfa, steppedUp } = claims;
  const scopes = scopesOfRole(role);
  const endsAtMs = claims.expiresAt * 1_000;
  return { kind: 'staff', staffId, merchantId, sessionId, email, role, mfa, steppedUp, scopes, endsAtMs };
}
