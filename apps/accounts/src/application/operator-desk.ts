import {
  type ChangeOrigin,
  type Merchant,
  newStaffId,
  normaliseEmail,
  type StaffMember,
  type StaffRole,
  type WeakPassword,
} from '@holdfast/contracts';
import { LINK_SECONDS } from '../domain/limits';
import { weaknessOf } from '../domain/password-rules';
import type { AccountsStore } from './ports/accounts-store.port';
import type { Passwords } from './ports/passwords.port';
import { toMember } from './session-issuer';
import { invited } from './staff-service';

const OPERATOR: ChangeOrigin = {
  actor: { kind: 'operator', id: 'cli', label: 'command line' },
  requestId: null,
  address: null,
};

/** How a new person comes in: with a password, or with a one-time link of which the desk has the hash. */
export type Entry = { password: string } | { linkHash: string };

export type AddByOperatorOutcome =
  | { kind: 'added'; staff: StaffMember }
  | { kind: 'email-taken' }
  | { kind: 'not-found' }
  | { kind: 'weak-password'; why: WeakPassword };

/** What the operator of an installation does for all merchants. */
export class OperatorDesk {
  constructor(
    private readonly store: AccountsStore,
    private readonly passwords: Passwords,
  ) {}

  /** False: it is there already. */
  createMerchant(merchantId: string, name: string, by = OPERATOR): Promise<boolean> {
    return this.store.within(merchantId, async (tx) => {
      if (!(await tx.merchant.insert(name))) return false;
      const target = { kind: 'merchant', id: merchantId };
      await tx.record({ action: 'merchant.created', target, change: { name } }, by);
      return true;
    });
  }

  /** Oldest first. */
  async listMerchants(): Promise<Merchant[]> {
    const merchants: Merchant[] = [];
    for (const id of await this.store.merchantIds()) {
      const merchant = await this.store.within(id, (tx) => tx.merchant.find());
      if (merchant) merchants.push(merchant);
    }
    return merchants;
  }

  async addStaff({
    merchantId,
    email,
    name,
    role,
    entry,
  }: {
    merchantId: string;
    email: string;
    name: string;
    role: StaffRole;
    entry: Entry;
  }): Promise<AddByOperatorOutcome> {
    const why = 'password' in entry ? weaknessOf(entry.password) : null;
    if (why !== null) return { kind: 'weak-password', why };
    const passwordHash = 'password' in entry ? await this.passwords.hash(entry.password) : null;
    return this.store.within<AddByOperatorOutcome>(merchantId, async (tx) => {
      if (!(await tx.merchant.lock())) return { kind: 'not-found' };
      const staffId = newStaffId();
      const row = { staffId, email: normaliseEmail(email), name, role, passwordHash };
      const person = await tx.staff.insert(row);
      if (!person) return { kind: 'email-taken' };
      if ('linkHash' in entry) await tx.links.put(staffId, entry.linkHash, LINK_SECONDS);
      const fact = invited(person);
      await tx.record('password' in entry ? { ...fact, action: 'staff.joined' } : fact, OPERATOR);
      return { kind: 'added', staff: toMember(person) };
    });
  }

  /** A one-time link for this owner as long as they have never signed in; it replaces an older one. False: there is nobody to invite. */
  async inviteOwner({ email, linkHash }: { email: string; linkHash: string }): Promise<boolean> {
    const merchantId = await this.store.merchantOf('email', email);
    if (merchantId === null) return false;
    return this.store.within(merchantId, async (tx) => {
      const found = await tx.staff.findByEmail(email);
      const person = found && (await tx.staff.lock(found.staffId));
      if (person?.role !== 'owner' || person.passwordHash !== null) return false;
      await tx.links.put(person.staffId, linkHash, LINK_SECONDS);
      return true;
    });
  }

  /** A one-time link in place of an older one; with `resetMfa` it asks for no code, because there is no second factor any more. */
  async makeLink({
    email,
    linkHash,
    resetMfa,
  }: {
    email: string;
    linkHash: string;
    resetMfa: boolean;
  }): Promise<boolean> {
    const address = normaliseEmail(email);
    const merchantId = await this.store.merchantOf('email', address);
    if (merchantId === null) return false;
    return this.store.within(merchantId, async (tx) => {
      const found = await tx.staff.findByEmail(address);
      const person = found && (await tx.staff.lock(found.staffId));
      if (!person) return false;
      const { staffId } = person;
      if (resetMfa && person.totpSecret !== null) {
        await tx.staff.setTotp(staffId, { secret: null, pending: null });
        await tx.staff.replaceRecoveryCodes(staffId, []);
        await tx.record(
          { action: 'mfa.removed', target: { kind: 'staff', id: staffId }, change: {} },
          OPERATOR,
        );
      }
      await tx.links.put(staffId, linkHash, LINK_SECONDS);
      return true;
    });
  }
}
