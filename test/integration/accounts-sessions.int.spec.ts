import { newSecret, secretHash, StaffTokenReader } from '@holdfast/contracts';
import { AccountsLab, atOnce, FROM, PASSWORD, tally } from '../support/accounts';
import { createLedger, type TestLedger } from '../support/database';
import { onDatabase } from '../support/drops';
import { SOAK } from '../support/seeds';

/** Each has a password hashed, which takes a tenth of a second of a core. */
const AT_ONCE = SOAK ? 100 : 30;

let ledger: TestLedger;
let lab: AccountsLab;
let other: AccountsLab;

beforeAll(async () => {
  ledger = await createLedger('accounts_sessions');
  lab = new AccountsLab(ledger.url);
  other = new AccountsLab(ledger.url);
});
afterAll(async () => {
  await lab.close();
  await other.close();
  await ledger.drop();
});

const refresh = (token: string, it = lab) => it.accounts.signIn.refresh(token);
/** All tokens that were replaced were replaced so long ago. */
const passTime = (seconds: number) =>
  lab.query(
    `UPDATE accounts.refresh_token SET replaced_at = clock_timestamp() - make_interval(secs => $1) WHERE replaced_at IS NOT NULL`,
    [seconds],
  );

async function newestOf(token: string): Promise<string> {
  const outcome = await refresh(token);
  if (outcome.kind !== 'signed-in') throw new Error(outcome.kind);
  return outcome.session.refreshToken;
}

describe('a session', () => {
  it('goes on from token to token, also in another instance and after a restart', async () => {
    const session = await lab.session(await lab.person());
    const second = await newestOf(session.refreshToken);
    const restarted = new AccountsLab(ledger.url);
    const outcome = await refresh(second, restarted);
    expect(outcome).toMatchObject({ kind: 'signed-in', session: { staff: session.staff } });
    const reader = new StaffTokenReader(await lab.accounts.revocations.tokenKeys());
    if (outcome.kind === 'signed-in')
      expect(reader.read(outcome.session.accessToken, Date.now())).not.toBeNull();
    await restarted.close();
  });

  it('gives the same successor for ten seconds, to a hundred at once, too', async () => {
    const { refreshToken } = await lab.session(await lab.person());
    const outcomes = await atOnce(100, (n) => refresh(refreshToken, n % 2 ? lab : other));
    expect(tally(outcomes)).toEqual({ 'signed-in': 100 });
    const successors = outcomes.map((it) => (it.kind === 'signed-in' ? it.session.refreshToken : ''));
    expect(new Set(successors).size).toBe(1);
    expect((await refresh(successors[0]!)).kind).toBe('signed-in');
    await passTime(5);
    expect((await refresh(refreshToken)).kind).toBe('signed-in');
  });

  it('ends as a whole when a replaced token comes back later, and that is published', async () => {
    const session = await lab.session(await lab.person());
    const { sessionId } = lab.callerOf(session);
    const second = await newestOf(session.refreshToken);
    const third = await newestOf(second);
    const cursor = await lab.cursor();
    await passTime(11);
    expect((await refresh(session.refreshToken)).kind).toBe('token-reused');
    expect((await refresh(third)).kind).toBe('session-ended');
    expect(await other.revokedSince(cursor)).toEqual([`session ${sessionId}`]);
    expect(await lab.accounts.signIn.whoAmI(lab.callerOf(session))).toBeNull();
  });

  it('is not ended by who invents tokens', async () => {
    const { refreshToken } = await lab.session(await lab.person());
    for (const text of ['', 'x', newSecret(), `${refreshToken}x`, 'x'.repeat(100_000)])
      expect((await refresh(text)).kind).toBe('session-ended');
    expect((await refresh(refreshToken)).kind).toBe('signed-in');
  });

  it('ends by logging out with any of its tokens, and only itself', async () => {
    const person = await lab.person();
    const [one, two] = [await lab.session(person), await lab.session(person)];
    const newest = await newestOf(one.refreshToken);
    const cursor = await lab.cursor();
    await lab.accounts.signIn.logout(newest);
    await lab.accounts.signIn.logout(newest);
    expect((await refresh(newest)).kind).toBe('session-ended');
    expect((await refresh(two.refreshToken)).kind).toBe('signed-in');
    expect(await lab.revokedSince(cursor)).toEqual([`session ${lab.callerOf(one).sessionId}`]);
  });

  it('ends with its time', async () => {
    const session = await lab.session(await lab.person());
    await lab.query(`UPDATE accounts.session SET expires_at = clock_timestamp() WHERE session_id = $1`, [
      lab.callerOf(session).sessionId,
    ]);
    expect((await refresh(session.refreshToken)).kind).toBe('session-ended');
    expect(await lab.accounts.signIn.whoAmI(lab.callerOf(session))).toBeNull();
    expect(await lab.accounts.purgeRound()).toBeGreaterThan(0);
  });

  it('of a person with too many ends: the oldest', async () => {
    const person = await lab.person();
    const first = await lab.session(person);
    for (let n = 0; n < 20; n += 1) await lab.session(person);
    expect((await refresh(first.refreshToken)).kind).toBe('session-ended');
  });
});

describe('a new password', () => {
  it('needs the old one, keeps the rules, and ends the other sessions', async () => {
    const person = await lab.person();
    const [mine, others] = [await lab.session(person), await lab.session(person)];
    const caller = lab.callerOf(mine);
    const change = (current: string, next: string) =>
      lab.accounts.signIn.changePassword({ caller, current, next, from: FROM });
    expect((await change('wrong horse battery', 'next horse battery')).kind).toBe('invalid-credentials');
    expect(await change(PASSWORD, 'short')).toEqual({ kind: 'weak-password', why: 'too-short' });
    expect(await change(PASSWORD, 'password1234')).toEqual({ kind: 'weak-password', why: 'common' });
    const cursor = await lab.cursor();
    expect(await change(PASSWORD, 'next horse battery')).toEqual({ kind: 'changed' });
    expect(await lab.revokedSince(cursor)).toEqual([`session ${lab.callerOf(others).sessionId}`]);
    expect((await refresh(mine.refreshToken)).kind).toBe('signed-in');
    expect((await lab.accounts.signIn.login({ email: person.email, password: PASSWORD })).kind).toBe(
      'invalid-credentials',
    );
    const facts = await lab.facts(person.merchantId);
    expect(facts.at(-1)).toMatchObject({
      action: 'password.changed',
      actor: { kind: 'staff', id: person.staffId },
      request_id: 'req-1',
      address: '192.0.2.1',
    });
  });
});

describe('a one-time link', () => {
  const use = (token: string, password = 'link horse battery') =>
    lab.accounts.signIn.useLink({ token, password, from: FROM });

  it('sets the password once, signs in, and ends the other sessions', async () => {
    const person = await lab.person();
    const before = await lab.session(person);
    const token = await lab.link(person);
    expect((await use(token)).kind).toBe('signed-in');
    expect((await use(token)).kind).toBe('invalid-link');
    expect((await refresh(before.refreshToken)).kind).toBe('session-ended');
    expect(
      (await lab.accounts.signIn.login({ email: person.email, password: 'link horse battery' })).kind,
    ).toBe('signed-in');
  });

  it('is not used up by a weak password, and ends by a newer one and after an hour', async () => {
    const person = await lab.person();
    const older = await lab.link(person);
    expect(await use(older, 'short')).toEqual({ kind: 'weak-password', why: 'too-short' });
    const newer = await lab.link(person);
    expect((await use(older)).kind).toBe('invalid-link');
    const { rows } = await lab.query(
      `SELECT extract(epoch FROM expires_at - clock_timestamp())::int AS left FROM accounts.one_time_link WHERE staff_id = $1`,
      [person.staffId],
    );
    expect((rows[0] as { left: number }).left).toBeGreaterThan(3_500);
    await lab.query(`UPDATE accounts.one_time_link SET expires_at = clock_timestamp() WHERE staff_id = $1`, [
      person.staffId,
    ]);
    expect((await use(newer)).kind).toBe('invalid-link');
  });

  it(`lets one of ${AT_ONCE} in`, async () => {
    const person = await lab.person();
    const token = await lab.link(person);
    const outcomes = await atOnce(AT_ONCE, async (n) => {
      for (;;) {
        const asked = (n % 2 ? lab : other).accounts.signIn.useLink({
          token,
          password: `link horse battery ${n}`,
          from: FROM,
        });
        // More than may wait for their turn are told to come back.
        const outcome = await asked.catch(() => ({ kind: 'wait' as const }));
        if (outcome.kind !== 'wait') return outcome;
        await lab.query(`UPDATE accounts.guess SET paused_until = NULL, guesses = 0`);
      }
    });
    expect(tally(outcomes)).toEqual({ 'signed-in': 1, 'invalid-link': AT_ONCE - 1 });
    const { rows } = await lab.query(`SELECT count(*)::int AS n FROM accounts.session WHERE staff_id = $1`, [
      person.staffId,
    ]);
    expect(rows[0]).toEqual({ n: 1 });
  });

  it('of an invitation lets a person join, as the audit tells', async () => {
    const { merchantId } = await lab.person();
    const token = newSecret();
    const added = await lab.desk.addStaff({
      merchantId,
      email: 'Joining@Example.com',
      name: 'J',
      role: 'viewer',
      entry: { linkHash: secretHash(token) },
    });
    expect(added).toMatchObject({ staff: { email: 'joining@example.com', joined: false } });
    expect(await use(token)).toMatchObject({ kind: 'signed-in', session: { staff: { joined: true } } });
    expect((await lab.facts(merchantId)).slice(-2).map(({ action }) => action)).toEqual([
      ...['staff.invited', 'staff.joined'],
    ]);
  });
});

describe('revocations', () => {
  it('are seen by who asks from the last one on, none twice and none missed, while many commit', async () => {
    const begin = await lab.cursor();
    const sessions = await Promise.all(
      (await atOnce(10, () => lab.person())).map(async (person) => lab.session(person)),
    );
    const seen: string[] = [];
    let cursor = begin;
    const read = async () => {
      const page = await other.accounts.revocations.revocationsSince(cursor);
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.cursor;
    };
    let running = true;
    const reader = (async () => {
      while (running) await read();
    })();
    await Promise.all(sessions.map(({ refreshToken }) => lab.accounts.signIn.logout(refreshToken)));
    running = false;
    await reader;
    await read();
    expect(seen.sort()).toEqual(sessions.map((session) => lab.callerOf(session).sessionId).sort());
  });

  it('are numbered in the order of their commits', async () => {
    const before = await lab.cursor();
    await onDatabase(ledger.url, async (first) => {
      await first.query('BEGIN');
      await first.query(`SELECT accounts.revoke('session', '{first}')`);
      // Begins later and must not commit under a higher number before.
      const second = lab.query(`SELECT accounts.revoke('session', '{second}')`);
      expect(await lab.revokedSince(before)).toEqual([]);
      await first.query('COMMIT');
      await second;
    });
    expect(await lab.revokedSince(before)).toEqual(['session first', 'session second']);
  });
});
