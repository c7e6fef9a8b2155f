import type { StaffCaller, StepUpOutcome } from '@holdfast/contracts';
import type { SignInParts } from './deps';
import { findCaller, guessesOf, lockCaller } from './signed-in-person';

const INVALID = { kind: 'invalid-credentials' } as const;
const ENDED = { kind: 'session-ended' } as const;

/** The password once more, for what a browser left alone must not do. */
export class StepUp {
  constructor(private readonly parts: SignInParts) {}

  async stepUp({
    caller,
    password,
    totp,
  }: {
    caller: StaffCaller;
    password: string;
    totp?: string;
  }): Promise<StepUpOutcome> {
    const { store, passwords, guard, factor, issuer } = this.parts;
    const known = await findCaller(store, caller);
    if (!known) return ENDED;
    return guard.look<StepUpOutcome>(guessesOf(known), true, async () => {
      if (!(await passwords.verify(known.passwordHash, password)))
        return { verdict: 'wrong', outcome: INVALID };
      return store.within(caller.merchantId, async (tx) => {
        const live = await lockCaller(tx, caller);
        if (!live) return { verdict: 'unfinished', outcome: ENDED };
        const { person, sessionEndsAt: endsAt } = live;
        if (person.passwordHash !== known.passwordHash) return { verdict: 'wrong', outcome: INVALID };
        const checked = await factor.check(tx, person, { totp });
        if (checked !== 'fine')
          return {
            verdict: checked === 'missing' ? 'unfinished' : 'wrong',
            outcome: { kind: 'mfa-required' },
          };
        const token = issuer.token(person, { sessionId: caller.sessionId, endsAt }, { steppedUp: true });
        return { verdict: 'right', outcome: { kind: 'stepped-up', ...token } };
      });
    });
  }
}
