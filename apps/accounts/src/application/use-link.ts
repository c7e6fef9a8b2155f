import { type LinkOutcome, secretHash, type UseLinkCommand } from '@holdfast/contracts';
import { weaknessOf } from '../domain/password-rules';
import type { SignInParts } from './deps';
import type { StaffRecord } from './ports/accounts-store.port';
import { byPerson } from './signed-in-person';

const INVALID = { kind: 'invalid-link' } as const;

/** The one-time link: an invitation, or the way back for who cannot sign in. */
export class UseLink {
  constructor(private readonly parts: SignInParts) {}

  async use({ token, password, from, ...factor }: UseLinkCommand): Promise<LinkOutcome> {
    const { store, passwords, guard, issuer } = this.parts;
    const hash = secretHash(token);
    const found = await this.find(hash);
    if (!found) return INVALID;
    const why = weaknessOf(password);
    if (why !== null) return { kind: 'weak-password', why };
    const passwordHash = await passwords.hash(password);
    const { merchantId, staffId } = found;
    // Counted apart from the sign-in, which strangers can close for a while: the link is the way around that. Only codes can be guessed here.
    return guard.look<LinkOutcome>(`link ${staffId}`, true, () =>
      store.within(merchantId, async (tx) => {
        const person = await tx.staff.lock(staffId);
        if (!person || (await tx.links.find(hash)) === null)
          return { verdict: 'unfinished', outcome: INVALID };
        const checked = await this.parts.factor.check(tx, person, factor);
        if (checked !== 'fine')
          return {
            verdict: checked === 'missing' ? 'unfinished' : 'wrong',
            outcome: { kind: 'mfa-required' },
          };
        if (!(await tx.links.use(hash))) return { verdict: 'unfinished', outcome: INVALID };
        await tx.staff.setPassword(staffId, passwordHash);
        const action = person.passwordHash === null ? 'staff.joined' : 'password.changed';
        await tx.record(
          { action, target: { kind: 'staff', id: staffId }, change: {} },
          byPerson(person, from),
        );
        const session = await issuer.open(tx, { ...person, passwordHash }, { endOthers: true });
        return { verdict: 'right', outcome: { kind: 'signed-in', session } };
      }),
    );
  }

  private async find(hash: string): Promise<StaffRecord | null> {
    const { store } = this.parts;
    const merchantId = await store.merchantOf('link', hash);
    if (merchantId === null) return null;
    return store.within(merchantId, async (tx) => {
      const staffId = await tx.links.find(hash);
      return staffId === null ? null : tx.staff.find(staffId);
    });
  }
}
