import type { ChangePasswordOutcome, RequestOrigin, StaffCaller } from '@holdfast/contracts';
import { weaknessOf } from '../domain/password-rules';
import type { SignInParts } from './deps';
import { byPerson, findCaller, guessesOf, lockCaller } from './signed-in-person';

const INVALID = { kind: 'invalid-credentials' } as const;
const ENDED = { kind: 'session-ended' } as const;

export class ChangePassword {
  constructor(private readonly parts: SignInParts) {}

  async change({
    caller,
    current,
    next,
    from,
  }: {
    caller: StaffCaller;
    current: string;
    next: string;
    from: RequestOrigin;
  }): Promise<ChangePasswordOutcome> {
    const { store, passwords, guard } = this.parts;
    const known = await findCaller(store, caller);
    if (!known) return ENDED;
    const why = weaknessOf(next);
    if (why !== null) return { kind: 'weak-password', why };
    return guard.look<ChangePasswordOutcome>(guessesOf(known), true, async () => {
      if (!(await passwords.verify(known.passwordHash, current)))
        return { verdict: 'wrong', outcome: INVALID };
      const passwordHash = await passwords.hash(next);
      return store.within(caller.merchantId, async (tx) => {
        const live = await lockCaller(tx, caller);
        if (!live) return { verdict: 'unfinished', outcome: ENDED };
        const { person } = live;
        if (person.passwordHash !== known.passwordHash) return { verdict: 'wrong', outcome: INVALID };
        await tx.staff.setPassword(person.staffId, passwordHash);
        const target = { kind: 'staff', id: person.staffId };
        await tx.record({ action: 'password.changed', target, change: {} }, byPerson(person, from));
        await tx.sessions.endAllOf(person.staffId, { except: caller.sessionId });
        return { verdict: 'right', outcome: { kind: 'changed' } };
      });
    });
  }
}
