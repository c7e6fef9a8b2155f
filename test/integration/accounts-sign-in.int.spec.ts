import { secretHash, ServiceUnavailable, StaffTokenReader } from '@holdfast/contracts';
import { TestClock } from '@holdfast/testing';
import { Argon2Passwords } from '../../apps/accounts/src/adapters/argon2/argon2-passwords';
import { PgGuesses } from '../../apps/accounts/src/adapters/postgres/pg-guesses';
import { PgStaleAccounts } from '../../apps/accounts/src/adapters/postgres/pg-stale-accounts';
import { pauseSecondsAfter } from '../../apps/accounts/src/domain/login-backoff';
import { openPool, ROLES } from '@holdfast/postgres';
import { AccountsLab, atOnce, codeAt, FROM, PASSWORD, type Person, tally } from '../support/accounts';
import { createLedger, type TestLedger } from '../support/database';
import { SOAK } from '../support/seeds';

/** Each has its password looked at, which takes a tenth of a second of a core. */
const AT_ONCE = SOAK ? 100 : 30;

let ledger: TestLedger;
let clock: TestClock;
/** Two instances on one ledger. */
let lab: AccountsLab;
let other: AccountsLab;

beforeAll(async () => {
  ledger = await createLedger('accounts_sign_in');
  clock = new TestClock(Date.now());
  lab = new AccountsLab(ledger.url, clock);
  other = new AccountsLab(ledger.url, clock);
});
afterAll(async () => {
  await lab.close();
  await other.close();
  await ledger.drop();
});

const login = (email: string, password: string, totp?: string) =>
  lab.accounts.signIn.login({ email, password, totp });
/** The pause is over, however long it is. */
const endPause = (subject: string) =>
  lab.query(
    `UPDATE accounts.guess SET paused_until = clock_timestamp() WHERE subject_hash = decode($1, 'hex')`,
    [secretHash(subject)],
  );
const guessesOf = async (subject: string) =>
  (
    await lab.query(`SELECT guesses FROM accounts.guess WHERE subject_hash = decode($1, 'hex')`, [
      secretHash(subject),
    ])
  ).rows[0]?.guesses as number | undefined;

describe('signing in', () => {
  it('gives a token that says who it is, which every instance and gateway reads', async () => {
    const person = await lab.person('staff');
    const outcome = await login(person.email.toUpperCase(), PASSWORD);
    if (outcome.kind !== 'signed-in') throw new Error(outcome.kind);
    const { session } = outcome;
    expect(session.staff).toMatchObject({ id: person.staffId, role: 'staff', mfa: false, joined: true });
    expect(session.expiresInSeconds).toBe(600);
    const reader = new StaffTokenReader(await other.accounts.revocations.tokenKeys());
    expect(reader.read(session.accessToken, clock.now())).toMatchObject({
      staffId: person.staffId,
      merchantId: person.merchantId,
      role: 'staff',
      mfa: false,
      steppedUp: false,
    });
    expect(await lab.accounts.signIn.whoAmI(lab.callerOf(session))).toEqual(session.staff);
  });

  it('answers an unknown address, a wrong password and an unused invitation alike', async () => {
    const person = await lab.person();
    const invited = await lab.desk.addStaff({
      merchantId: person.merchantId,
      email: 'invited@example.com',
      name: 'I',
      role: 'staff',
      entry: { linkHash: secretHash('x') },
    });
    expect(invited.kind).toBe('added');
    for (const email of [person.email, 'invited@example.com', 'nobody@example.com'])
      expect(await login(email, 'wrong horse battery')).toEqual({ kind: 'invalid-credentials' });
  });

  it('hashes a password for an unknown address, too', async () => {
    const verify = jest.spyOn(Argon2Passwords.prototype, 'verify');
    await login('unknown@example.com', PASSWORD);
    expect(verify).toHaveBeenCalledWith(null, PASSWORD);
    verify.mockRestore();
  });

  it('keeps no password and no secret of a session in the ledger', async () => {
    const person = await lab.person();
    const session = await lab.session(person);
    const { rows } = await lab.query(
      `SELECT (SELECT string_agg(s::text, ' ') FROM accounts.staff s) || (SELECT string_agg(t::text, ' ') FROM accounts.refresh_token t)
       || (SELECT string_agg(f::text, ' ') FROM accounts.audit_outbox f) AS all_there_is`,
    );
    const text = (rows[0] as { all_there_is: string }).all_there_is;
    expect(text).toContain(secretHash(session.refreshToken));
    expect(text).not.toContain(session.refreshToken);
    expect(text).not.toContain(PASSWORD);
  });
});

describe('guessing at passwords', () => {
  it.each([
    ['somebody', () => lab.person().then(({ email }) => email)],
    ['nobody', () => Promise.resolve('ghost@example.com')],
  ])('of %s is slowed down from the sixth on, in all instances, the right one included', async (_, who) => {
    const email = await who();
    const subject = `login ${email}`;
    for (let n = 1; n <= 6; n += 1)
      expect(await login(email, 'wrong horse battery')).toEqual({ kind: 'invalid-credentials' });
    expect(await other.accounts.signIn.login({ email, password: PASSWORD })).toEqual({
      kind: 'wait',
      retryAfterSeconds: 1,
    });
    await endPause(subject);
    expect(await login(email, 'wrong horse battery')).toEqual({ kind: 'invalid-credentials' });
    expect(await login(email, PASSWORD)).toEqual({ kind: 'wait', retryAfterSeconds: 2 });
    expect(await guessesOf(subject)).toBe(7);
  });

  it('pauses as the rule says, to the last step', async () => {
    const pool = openPool({ url: ledger.url, role: ROLES.accounts, max: 1, name: 'test' });
    const guesses = new PgGuesses(pool);
    for (let n = 1; n <= 18; n += 1) {
      expect(await guesses.charge('rule', true)).toBeNull();
      const pause = pauseSecondsAfter(n);
      if (pause > 0) expect(await guesses.charge('rule', true)).toBe(pause);
      await endPause('rule');
    }
    await pool.end();
  });

  it('a hundred at once are no better than one after the other', async () => {
    const { email } = await lab.person();
    const outcomes = await atOnce(100, (n) =>
      (n % 2 ? lab : other).accounts.signIn.login({ email, password: 'wrong horse battery' }),
    );
    const counts = tally(outcomes);
    expect(counts['invalid-credentials']).toBe(6);
    expect(counts['wait']).toBe(94);
  });

  it('is forgotten after the right password', async () => {
    const person = await lab.person();
    for (let n = 1; n <= 5; n += 1) await login(person.email, 'wrong horse battery');
    await lab.session(person);
    expect(await guessesOf(`login ${person.email}`)).toBeUndefined();
  });

  it('never locks out a signed-in browser or a one-time link', async () => {
    const person = await lab.person();
    const session = await lab.session(person);
    for (let n = 1; n <= 6; n += 1) await login(person.email, 'wrong horse battery');
    expect((await login(person.email, PASSWORD)).kind).toBe('wait');
    const caller = lab.callerOf(session);
    expect((await lab.accounts.signIn.stepUp({ caller, password: PASSWORD })).kind).toBe('stepped-up');
    expect((await lab.accounts.signIn.refresh(session.refreshToken)).kind).toBe('signed-in');
    const token = await lab.link(person);
    const used = await lab.accounts.signIn.useLink({ token, password: `${PASSWORD} 2`, from: FROM });
    expect(used.kind).toBe('signed-in');
  });

  it('does not count a guess that was not looked at because too many wait', async () => {
    const person = await lab.person();
    const verify = jest
      .spyOn(Argon2Passwords.prototype, 'verify')
      .mockRejectedValue(new ServiceUnavailable('full'));
    await expect(login(person.email, PASSWORD)).rejects.toThrow(ServiceUnavailable);
    verify.mockRestore();
    expect(await guessesOf(`login ${person.email}`)).toBe(0);
  });

  it('at invented addresses fills no disk: the oldest are forgotten, those of people never', async () => {
    const person = await lab.person();
    await login(person.email, 'wrong horse battery');
    const pool = openPool({ url: ledger.url, role: ROLES.accounts, max: 4, name: 'test' });
    const guesses = new PgGuesses(pool);
    for (let n = 0; n < 60; n += 1) await guesses.charge(`invented ${n}`, false);
    await new PgStaleAccounts(pool, 20).purge();
    const { rows } = await lab.query(`SELECT count(*)::int AS n FROM accounts.guess WHERE NOT is_known`);
    expect(rows[0]).toEqual({ n: 20 });
    expect(await guessesOf('invented 59')).toBe(1);
    expect(await guessesOf('invented 0')).toBeUndefined();
    expect(await guessesOf(`login ${person.email}`)).toBe(1);
    await pool.end();
  });
});

describe('the second factor', () => {
  let person: Person;
  let secret: string;
  let recoveryCodes: string[];
  beforeEach(async () => {
    clock.advance(120_000); // codes of the test before are over
    person = await lab.person();
    ({ secret, recoveryCodes } = await lab.enrol(await lab.session(person), clock.now()));
    clock.advance(60_000);
  });
  const code = (stepsAway = 0) => codeAt(secret, clock.now() + stepsAway * 30_000);

  it('is asked for after the right password only', async () => {
    expect(recoveryCodes).toHaveLength(10);
    expect(new Set(recoveryCodes).size).toBe(10);
    expect(await login(person.email, PASSWORD)).toEqual({ kind: 'mfa-required' });
    expect(await login(person.email, 'wrong horse battery')).toEqual({ kind: 'invalid-credentials' });
    expect(await login(person.email, 'wrong horse battery', code())).toEqual({ kind: 'invalid-credentials' });
    expect((await login(person.email, PASSWORD, code())).kind).toBe('signed-in');
  });

  it('takes the codes of one step before and after, each once, and no others', async () => {
    for (const steps of [-2, 2])
      expect((await login(person.email, PASSWORD, code(steps))).kind).toBe('mfa-required');
    for (const steps of [0, 1, -1]) {
      expect((await login(person.email, PASSWORD, code(steps))).kind).toBe('signed-in');
      expect((await login(person.email, PASSWORD, code(steps))).kind).toBe('mfa-required');
    }
  });

  it('has used up the code that confirmed it', async () => {
    clock.advance(-60_000);
    expect((await login(person.email, PASSWORD, code())).kind).toBe('mfa-required');
    clock.advance(60_000);
  });

  it(`signs in one of ${AT_ONCE} with one code`, async () => {
    const now = code();
    // Guesses are slowed down: their count is taken away, so that all are looked at.
    const outcomes = await atOnce(AT_ONCE, async (n) => {
      const it = n % 2 ? lab : other;
      for (;;) {
        const outcome = await it.accounts.signIn
          .login({ email: person.email, password: PASSWORD, totp: now })
          .catch(() => ({ kind: 'wait' as const }));
        if (outcome.kind !== 'wait') return outcome;
        await lab.query(`UPDATE accounts.guess SET paused_until = NULL, guesses = 0`);
      }
    });
    expect(tally(outcomes)).toEqual({ 'signed-in': 1, 'mfa-required': AT_ONCE - 1 });
  });

  it('slows down guessing at codes by who knows the password', async () => {
    for (let n = 1; n <= 6; n += 1) {
      expect((await login(person.email, PASSWORD, '000000')).kind).toBe('mfa-required');
      if (n < 6) expect((await login(person.email, PASSWORD)).kind).toBe('mfa-required'); // no code is no guess, and forgives none
    }
    expect((await login(person.email, PASSWORD, code())).kind).toBe('wait');
  });

  it('takes each recovery code once, however it is typed', async () => {
    const typed = ` ${recoveryCodes[0]!.toUpperCase().replaceAll('-', ' ')} `;
    const use = () =>
      lab.accounts.signIn.login({ email: person.email, password: PASSWORD, recoveryCode: typed });
    expect((await use()).kind).toBe('signed-in');
    expect((await use()).kind).toBe('mfa-required');
  });

  it('is asked for by step-up and by the one-time link', async () => {
    const caller = lab.callerOf(await lab.session(person, code()));
    const { signIn } = lab.accounts;
    expect((await signIn.stepUp({ caller, password: PASSWORD })).kind).toBe('mfa-required');
    expect((await signIn.stepUp({ caller, password: PASSWORD, totp: code(1) })).kind).toBe('stepped-up');
    const token = await lab.link(person);
    const use = (totp?: string) => signIn.useLink({ token, password: `${PASSWORD} 2`, totp, from: FROM });
    expect((await use()).kind).toBe('mfa-required');
    expect((await use('000000')).kind).toBe('mfa-required');
    expect((await use(code(-1))).kind).toBe('signed-in');
  });

  it('is removed with password and code, or by the operator', async () => {
    const caller = lab.callerOf(await lab.session(person, code()));
    const { signIn } = lab.accounts;
    const remove = (password: string, text: string) =>
      signIn.removeTotp({ caller, password, code: text, from: FROM });
    expect((await remove('wrong horse battery', code(1))).kind).toBe('invalid-credentials');
    expect((await remove(PASSWORD, '000000')).kind).toBe('invalid-credentials');
    expect((await remove(PASSWORD, code(1))).kind).toBe('removed');
    expect((await login(person.email, PASSWORD)).kind).toBe('signed-in');
    expect((await lab.facts(person.merchantId)).map(({ action }) => action)).toEqual([
      ...['merchant.created', 'staff.joined', 'mfa.enabled', 'mfa.removed'],
    ]);

    const again = await lab.person();
    await lab.enrol(await lab.session(again), clock.now());
    const token = await lab.link(again, true);
    const used = await signIn.useLink({ token, password: `${PASSWORD} 2`, from: FROM });
    expect(used).toMatchObject({ kind: 'signed-in', session: { staff: { mfa: false } } });
  });

  it('cannot be enrolled twice, and is not on before a code has confirmed it', async () => {
    const fresh = await lab.person();
    const session = await lab.session(fresh);
    const caller = lab.callerOf(session);
    const { signIn } = lab.accounts;
    const confirm = (text: string) => signIn.confirmTotp({ caller, code: text, from: FROM });
    expect((await confirm('000000')).kind).toBe('not-started');
    const started = await signIn.startTotp(caller);
    if (started.kind !== 'started') throw new Error(started.kind);
    expect(started.otpauthUrl).toMatch(/^otpauth:\/\/totp\/Holdfast:.*secret=/);
    expect((await confirm('000000')).kind).toBe('wrong-code');
    expect((await login(fresh.email, PASSWORD)).kind).toBe('signed-in');
    expect((await confirm(codeAt(started.secret, clock.now()))).kind).toBe('confirmed');
    expect((await signIn.startTotp(caller)).kind).toBe('already-enrolled');
    expect((await confirm(codeAt(started.secret, clock.now() + 30_000))).kind).toBe('already-enrolled');
  });

  it('is not readable in the ledger', async () => {
    const { rows } = await lab.query(`SELECT totp_secret FROM accounts.staff WHERE staff_id = $1`, [
      person.staffId,
    ]);
    expect((rows[0] as { totp_secret: Buffer }).totp_secret.toString('latin1')).not.toContain(secret);
  });
});
