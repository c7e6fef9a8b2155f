import type { StaffRole } from '@holdfast/contracts';
import type { NewStaff, StaffRecord, StaffRows } from '../../application/ports/accounts-store.port';
import { bytes, type Scoped, type Statement } from './scoped';
import { sql } from './sql/sql.generated';

interface Row {
  merchant_id: string;
  staff_id: string;
  email: string;
  name: string;
  role: StaffRole;
  password_hash: string | null;
  totp_secret: Buffer | null;
  totp_pending: Buffer | null;
  totp_used: number[];
  created_at: Date;
}

export class PgStaffRows implements StaffRows {
  constructor(private readonly scoped: Scoped) {}

  async list(): Promise<StaffRecord[]> {
    return (await this.scoped.all<Row>(sql.listStaff)).map(toRecord);
  }

  find(staffId: string): Promise<StaffRecord | null> {
    return this.one(sql.findStaff, [staffId]);
  }

  findByEmail(email: string): Promise<StaffRecord | null> {
    return this.one(sql.findStaffByEmail, [email]);
  }

  lock(staffId: string): Promise<StaffRecord | null> {
    return this.one(sql.lockStaff, [staffId]);
  }

  insert({ staffId, email, name, role, passwordHash }: NewStaff): Promise<StaffRecord | null> {
    return this.one(sql.insertStaff, [staffId, email, name, role, passwordHash]);
  }

  async setRole(staffId: string, role: StaffRole): Promise<StaffRecord> {
    return (await this.one(sql.setRole, [staffId, role]))!;
  }

  delete(staffId: string): Promise<void> {
    return this.scoped.run(sql.deleteStaff, [staffId]);
  }

  async countOwnersBesides(staffId: string): Promise<number> {
    return (await this.scoped.first<{ owners: number }>(sql.countOwners, [staffId]))!.owners;
  }

  setPassword(staffId: string, passwordHash: string): Promise<void> {
    return this.scoped.run(sql.setPassword, [staffId, passwordHash]);
  }

  setTotp(staffId: string, { secret, pending }: { secret: Buffer | null; pending: Buffer | null }) {
    return this.scoped.run(sql.setTotp, [staffId, secret, pending]);
  }

  async useTotpStep(staffId: string, step: number, stillUsable: readonly number[]): Promise<boolean> {
    return (await this.scoped.first(sql.useTotpStep, [staffId, step, stillUsable])) !== null;
  }

  replaceRecoveryCodes(staffId: string, codeHashes: readonly string[]): Promise<void> {
    return this.scoped.run(sql.replaceRecoveryCodes, [staffId, codeHashes.map(bytes)]);
  }

  async useRecoveryCode(staffId: string, codeHash: string): Promise<boolean> {
    return (await this.scoped.first(sql.useRecoveryCode, [staffId, bytes(codeHash)])) !== null;
  }

  private async one(statement: Statement, values: unknown[]): Promise<StaffRecord | null> {
    const row = await this.scoped.first<Row>(statement, values);
    return row && toRecord(row);
  }
}

function toRecord(row: Row): StaffRecord {
  return {
    merchantId: row.merchant_id,
    staffId: row.staff_id,
    email: row.email,
    name: row.name,
    role: row.role,
    passwordHash: row.password_hash,
    totpSecret: row.totp_secret,
    totpPending: row.totp_pending,
    totpUsed: row.totp_used,
    createdAt: row.created_at.toISOString(),
  };
}
