import {
  type AuditLines,
  type ChangeOrigin,
  newMerchantId,
  newSecret,
  type RequestOrigin,
  secretHash,
  type SignedIn,
  type StaffCaller,
  type StaffMember,
  type StaffRole,
} from '@holdfast/contracts';
import { type Clock, SystemClock } from '@holdfast/kernel';
import { silentLogger } from '@holdfast/observability';
import { openPool, ROLES } from '@holdfast/postgres';
import { TOTP } from 'otpauth';
import type { Pool } from 'pg';
import { type Accounts, type AccountsParts, buildAccounts } from '../../apps/accounts/src/accounts';
import { Argon2Passwords } from '../../apps/accounts/src/adapters/argon2/argon2-passwords';
import { PgAccountsStore } from '../../apps/accounts/src/adapters/postgres/pg-accounts-store';
import { OperatorDesk } from '../../apps/accounts/src/application/operator-desk';
import { testRuntime } from './checkout-shop';
import { onDatabase } from './drops';

export const PASSWORD = 'right horse battery staple';
export const FROM: RequestOrigin = { requestId: 'req-1', address: '192.0.2.1' };
export const BY: ChangeOrigin = { ...FROM, actor: { kind: 'staff', id: 'stf_test', label: 'test' } };

export interface Person {
  merchantId: string;
  staffId: string;
  email: string;
}

/** One instance of accounts, with what the command line has beside it. */
export class AccountsLab {
  readonly accounts: Accounts;
  readonly store: PgAccountsStore;
  readonly desk: OperatorDesk;
  private readonly pool: Pool;
  private count = 0;

  constructor(
    readonly url: string,
    clock: Clock = new SystemClock(),
    more: Pick<AccountsParts, 'sources' | 'auditDir'> = {},
  ) {
    // A busy machine must not look like a database that is away.
    const connectTimeoutMs = 30_000;
    const runtime = testRuntime(url);
    this.accounts = buildAccounts({ runtime, clock, logger: silentLogger(), connectTimeoutMs, ...more });
    this.pool = openPool({ url, role: ROLES.accounts, max: 4, name: 'test-accounts', connectTimeoutMs });
    this.store = new PgAccountsStore(this.pool);
    this.desk = new OperatorDesk(this.store, new Argon2Passwords());
  }

  async close(): Promise<void> {
    await this.accounts.close?.();
    await this.pool.end();
  }

  async merchant(): Promise<string> {
    const merchantId = newMerchantId();
    await this.desk.createMerchant(merchantId, 'A merchant');
    return merchantId;
  }

  /** A person of the merchant, or of a new one, with `PASSWORD`. */
  async person(role: StaffRole = 'owner', merchantId?: string): Promise<Person> {
    const of = merchantId ?? (await this.merchant());
    const email = `p${(this.count += 1)}-${newSecret()
      .slice(0, 6)
      .toLowerCase()
      .replace(/[^a-z0-9]/g, 'x')}@example.com`;
    const entry = { password: PASSWORD };
    const outcome = await this.desk.addStaff({ merchantId: of, email, name: 'Pat', role, entry });
    if (outcome.kind !== 'added') throw new Error(outcome.kind);
    return { merchantId: of, staffId: outcome.staff.id, email };
  }

  /** Signs in, with the code if one is given. */
  async session(person: Person, totp?: string): Promise<SignedIn> {
    const outcome = await this.accounts.signIn.login({ email: person.email, password: PASSWORD, totp });
    if (outcome.kind !== 'signed-in') throw new Error(outcome.kind);
    return outcome.session;
  }

  callerOf(session: SignedIn): StaffCaller {
    const [, body] = session.accessToken.split('.');
    const claims = JSON.parse(Buffer.from(body!, 'base64url').toString()) as Record<string, string>;
    return { staffId: claims['sub']!, merchantId: claims['mer']!, sessionId: claims['ses']! };
  }

  /** A one-time link's token. */
  async link(person: Person, resetMfa = false): Promise<string> {
    const token = newSecret();
    await this.desk.makeLink({ email: person.email, linkHash: secretHash(token), resetMfa });
    return token;
  }

  /** The second factor is on afterwards; returns its secret and recovery codes. */
  async enrol(session: SignedIn, nowMs: number) {
    const caller = this.callerOf(session);
    const started = await this.accounts.signIn.startTotp(caller);
    if (started.kind !== 'started') throw new Error(started.kind);
    const code = codeAt(started.secret, nowMs);
    const confirmed = await this.accounts.signIn.confirmTotp({ caller, code, from: FROM });
    if (confirmed.kind !== 'confirmed') throw new Error(confirmed.kind);
    return { secret: started.secret, recoveryCodes: confirmed.recoveryCodes };
  }

  /** The facts of a merchant, oldest first. */
  async facts(merchantId: string) {
    const { rows } = await this.query(
      `SELECT actor, action, target, change, request_id, address FROM accounts.audit_outbox WHERE merchant_id = $1 ORDER BY fact_id`,
      [merchantId],
    );
    return rows as {
      actor: { kind: string; id: string };
      action: string;
      target: { kind: string; id: string };
      change: object;
      request_id: string | null;
      address: string | null;
    }[];
  }

  /** The audit of a merchant as an export has it. */
  async exported(merchantId: string): Promise<string[]> {
    const { audit } = this.accounts;
    const seal = await audit.sealAudit(merchantId);
    const all: string[] = [];
    for (let afterSeq: number | null = 0; afterSeq !== null;) {
      const { lines, nextSeq }: AuditLines = await audit.readAudit({
        merchantId,
        afterSeq,
        upToSeq: seal.seq,
      });
      all.push(...lines);
      afterSeq = nextSeq;
    }
    return [...all, JSON.stringify(seal)];
  }

  /** As the server's administrator, whom no policy holds back. */
  query(text: string, values: unknown[] = []) {
    return onDatabase(this.url, (client) => client.query(text, values));
  }

  /** All that was revoked after `cursor`. */
  async revokedSince(cursor: number): Promise<string[]> {
    const { items } = await this.accounts.revocations.revocationsSince(cursor);
    return items.map(({ kind, id }) => `${kind} ${id}`);
  }

  async cursor(): Promise<number> {
    for (let cursor = 0; ;) {
      const page = await this.accounts.revocations.revocationsSince(cursor);
      cursor = page.cursor;
      if (!page.more) return cursor;
    }
  }

  async member({ merchantId, staffId }: Person): Promise<StaffMember | undefined> {
    return (await this.accounts.staff.listStaff(merchantId)).find(({ id }) => id === staffId);
  }
}

/** What an authenticator app shows. */
export function codeAt(secret: string, nowMs: number): string {
  return new TOTP({ secret, algorithm: 'SHA1', digits: 6, period: 30 }).generate({ timestamp: nowMs });
}

export const atOnce = <T>(count: number, make: (n: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, n) => make(n)));

/** How often each kind of outcome occurs. */
export function tally(outcomes: readonly { kind: string }[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { kind } of outcomes) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}
