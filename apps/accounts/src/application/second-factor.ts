import { type SecondFactor, secretHash } from '@holdfast/contracts';
import { canonicalRecoveryCode, stillUsable, TOTP_STEP_SECONDS } from '../domain/totp-steps';
import type { SignInDeps } from './deps';
import type { MerchantTransaction, StaffRecord } from './ports/accounts-store.port';

/** Judges codes of a person whose row is locked; a code that was right is used up with the transaction. */
export class SecondFactorCheck {
  constructor(private readonly deps: Pick<SignInDeps, 'codes' | 'box' | 'clock'>) {}

  /** `fine` too where the person has no second factor. */
  async check(
    tx: MerchantTransaction,
    person: StaffRecord,
    { totp, recoveryCode }: SecondFactor,
  ): Promise<'fine' | 'missing' | 'wrong'> {
    if (person.totpSecret === null) return 'fine';
    if (totp !== undefined)
      return (await this.useCode(tx, person, person.totpSecret, totp)) ? 'fine' : 'wrong';
    if (recoveryCode === undefined) return 'missing';
    return (await this.useRecoveryCode(tx, person, recoveryCode)) ? 'fine' : 'wrong';
  }

  /** Whether it is the code of a step around now, and was not used before. */
  async useCode(
    tx: MerchantTransaction,
    { staffId, totpUsed }: StaffRecord,
    sealed: Buffer,
    code: string,
  ): Promise<boolean> {
    const secret = this.deps.box.open(sealed, staffId);
    const nowMs = this.deps.clock.now();
    const step = secret === null ? null : this.deps.codes.stepOf(secret, code, nowMs);
    if (step === null) return false;
    const currentStep = Math.floor(nowMs / 1000 / TOTP_STEP_SECONDS);
    return tx.staff.useTotpStep(staffId, step, stillUsable(totpUsed, currentStep));
  }

  useRecoveryCode(tx: MerchantTransaction, { staffId }: StaffRecord, code: string): Promise<boolean> {
    return tx.staff.useRecoveryCode(staffId, secretHash(canonicalRecoveryCode(code)));
  }
}
