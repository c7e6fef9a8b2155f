import {
  type AddStaff,
  type AddStaffOutcome,
  type ChangeOrigin,
  type ChangeRoleOutcome,
  normaliseEmail,
  type RemoveStaffOutcome,
  Staff,
  type StaffMember,
  type StaffRole,
} from '@holdfast/contracts';
import { LINK_SECONDS, STAFF_OF_MERCHANT_MAX } from '../domain/limits';
import { earlierCall } from './earlier-call';
import type { AccountsStore, MerchantTransaction, StaffRecord } from './ports/accounts-store.port';
import { toMember } from './session-issuer';

const NOT_FOUND = { kind: 'not-found' } as const;

interface Person {
  merchantId: string;
  staffId: string;
  by: ChangeOrigin;
}

/** The people of a merchant. Each change of the staff locks the merchant's row, so no two count the same owners. */
export class StaffService extends Staff {
  constructor(private readonly store: AccountsStore) {
    super();
  }

  listStaff(merchantId: string): Promise<StaffMember[]> {
    return this.store.within(merchantId, async (tx) => (await tx.staff.list()).map(toMember));
  }

  addStaff(command: AddStaff): Promise<AddStaffOutcome> {
    const { id, merchantId, email, name, role, linkHash, fingerprint, by } = command;
    const address = normaliseEmail(email);
    return this.store.within<AddStaffOutcome>(merchantId, async (tx) => {
      if (!(await tx.merchant.lock())) return NOT_FOUND;
      const call = await earlierCall(tx, command);
      if (call === 'key-reused') return { kind: call };
      const earlier = await tx.staff.find(id);
      // The same call again, because its answer was lost.
      if (earlier) return { kind: 'added', staff: toMember(earlier), replayed: call === 'same' };
      if (call === 'same') return { kind: 'removed-since' };
      if ((await tx.staff.list()).length >= STAFF_OF_MERCHANT_MAX) return { kind: 'too-many' };
      const person = await tx.staff.insert({ staffId: id, email: address, name, role, passwordHash: null });
      if (!person) return { kind: 'email-taken' };
      await tx.links.put(id, linkHash, LINK_SECONDS);
      if (fingerprint !== null) await tx.made.insert(id, fingerprint);
      await tx.record(invited(person), by);
      return { kind: 'added', staff: toMember(person), replayed: false };
    });
  }

  changeRole({ merchantId, staffId, role, by }: Person & { role: StaffRole }): Promise<ChangeRoleOutcome> {
    return this.store.within<ChangeRoleOutcome>(merchantId, async (tx) => {
      const person = await lockPerson(tx, staffId);
      if (!person) return NOT_FOUND;
      if (person.role === role) return { kind: 'changed', staff: toMember(person) };
      if (await isLastOwner(tx, person)) return { kind: 'last-owner' };
      const changed = await tx.staff.setRole(staffId, role);
      const change = { role: { from: person.role, to: role } };
      await tx.record({ action: 'staff.changed', target: { kind: 'staff', id: staffId }, change }, by);
      await tx.sessions.endAllOf(staffId);
      return { kind: 'changed', staff: toMember(changed) };
    });
  }

  removeStaff({ merchantId, staffId, by }: Person): Promise<RemoveStaffOutcome> {
    return this.store.within<RemoveStaffOutcome>(merchantId, async (tx) => {
      const person = await lockPerson(tx, staffId);
      if (!person) return NOT_FOUND;
      if (await isLastOwner(tx, person)) return { kind: 'last-owner' };
      const change = { email: person.email, role: person.role };
      await tx.record({ action: 'staff.removed', target: { kind: 'staff', id: staffId }, change }, by);
      // Before the person: a session that went with its person would be published to nobody.
      await tx.sessions.endAllOf(staffId);
      await tx.staff.delete(staffId);
      return { kind: 'removed' };
    });
  }
}

export function invited({ staffId, email, name, role }: StaffRecord) {
  return { action: 'staff.invited', target: { kind: 'staff', id: staffId }, change: { email, name, role } };
}

/** The merchant first, then the person: all take them in this order. */
async function lockPerson(tx: MerchantTransaction, staffId: string): Promise<StaffRecord | null> {
  return (await tx.merchant.lock()) ? tx.staff.lock(staffId) : null;
}

async function isLastOwner(tx: MerchantTransaction, { staffId, role }: StaffRecord): Promise<boolean> {
  return role === 'owner' && (await tx.staff.countOwnersBesides(staffId)) === 0;
}
