import {
  type ConfirmTotpOutcome,
  type RemoveTotpOutcome,
  type RequestOrigin,
  secretHash,
  type StaffCaller,
  type StartTotpOutcome,
} from '@holdfast/contracts';
import { randomId } from '@holdfast/kernel';
import { canonicalRecoveryCode, RECOVERY_CODES } from '../domain/totp-steps';
import type { SignInParts } from './deps';
import { byPerson, findCaller, guessesOf, lockCaller } from './signed-in-person';

const ENDED = { kind: 'session-ended' } as const;
const INVALID = { kind: 'invalid-credentials' } as const;
const GROUPS = 4;
const GROUP_LENGTH = 4; // 80 bits in all: nobody tries them, so their hashes need no salt

/** Turning the second factor on and off. */
export class SecondFactorEnrolment {
  constructor(private readonly parts: SignInParts) {}

  /** A new secret in place of one that was not confirmed. */
  start(caller: StaffCaller): Promise<StartTotpOutcome> {
    const { store, codes, box } = this.parts;
    return store.within<StartTotpOutcome>(caller.merchantId, async (tx) => {
      const live = await lockCaller(tx, caller);
      if (!live) return ENDED;
      const { staffId, email, totpSecret } = live.person;
      if (totpSecret !== null) return { kind: 'already-enrolled' };
      const secret = codes.newSecret();
      await tx.staff.setTotp(staffId, { secret: null, pending: box.seal(secret, staffId) });
      return { kind: 'started', secret, otpauthUrl: codes.urlOf(secret, email) };
    });
  }

  async confirm({
    caller,
    code,
    from,
  }: {
    caller: StaffCaller;
    code: string;
    from: RequestOrigin;
  }): Promise<ConfirmTotpOutcome> {
    const { store, guard, factor } = this.parts;
    const known = await findCaller(store, caller);
    if (!known) return ENDED;
    return guard.look<ConfirmTotpOutcome>(guessesOf(known), true, () =>
      store.within(caller.merchantId, async (tx) => {
        const live = await lockCaller(tx, caller);
        if (!live) return { verdict: 'unfinished', outcome: ENDED };
        const { person } = live;
        if (person.totpSecret !== null)
          return { verdict: 'unfinished', outcome: { kind: 'already-enrolled' } };
        if (person.totpPending === null) return { verdict: 'unfinished', outcome: { kind: 'not-started' } };
        if (!(await factor.useCode(tx, person, person.totpPending, code)))
          return { verdict: 'wrong', outcome: { kind: 'wrong-code' } };
        const recoveryCodes = Array.from({ length: RECOVERY_CODES }, newRecoveryCode);
        const hashes = recoveryCodes.map((one) => secretHash(canonicalRecoveryCode(one)));
        await tx.staff.setTotp(person.staffId, { secret: person.totpPending, pending: null });
        await tx.staff.replaceRecoveryCodes(person.staffId, hashes);
        const target = { kind: 'staff', id: person.staffId };
        await tx.record({ action: 'mfa.enabled', target, change: {} }, byPerson(person, from));
        return { verdict: 'right', outcome: { kind: 'confirmed', recoveryCodes } };
      }),
    );
  }

  /** `code`: of the app, or a recovery code for who has lost it. */
  async remove({
    caller,
    password,
    code,
    from,
  }: {
    caller: StaffCaller;
    password: string;
    code: string;
    from: RequestOrigin;
  }): Promise<RemoveTotpOutcome> {
    const { store, passwords, guard, factor } = this.parts;
    const known = await findCaller(store, caller);
    if (!known) return ENDED;
    return guard.look<RemoveTotpOutcome>(guessesOf(known), true, async () => {
      if (!(await passwords.verify(known.passwordHash, password)))
        return { verdict: 'wrong', outcome: INVALID };
      return store.within(caller.merchantId, async (tx) => {
        const live = await lockCaller(tx, caller);
        if (!live) return { verdict: 'unfinished', outcome: ENDED };
        const { person } = live;
        if (person.passwordHash !== known.passwordHash) return { verdict: 'wrong', outcome: INVALID };
        if (person.totpSecret === null) return { verdict: 'unfinished', outcome: { kind: 'not-enrolled' } };
        const isRight =
          (await factor.useCode(tx, person, person.totpSecret, code)) ||
          (await factor.useRecoveryCode(tx, person, code));
        if (!isRight) return { verdict: 'wrong', outcome: INVALID };
        await tx.staff.setTotp(person.staffId, { secret: null, pending: null });
        await tx.staff.replaceRecoveryCodes(person.staffId, []);
        const target = { kind: 'staff', id: person.staffId };
        await tx.record({ action: 'mfa.removed', target, change: {} }, byPerson(person, from));
        return { verdict: 'right', outcome: { kind: 'removed' } };
      });
    });
  }
}

function newRecoveryCode(): string {
  return Array.from({ length: GROUPS }, () => randomId(GROUP_LENGTH)).join('-');
}
