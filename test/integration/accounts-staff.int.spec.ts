import {
  newApiKey,
  newSecret,
  newStaffId,
  type Scope,
  scopesOfRole,
  secretHash,
  type StaffRole,
} from '@holdfast/contracts';
import { AccountsLab, atOnce, BY, FROM, PASSWORD, type Person, tally } from '../support/accounts';
import { createLedger, type TestLedger } from '../support/database';

let ledger: TestLedger;
let lab: AccountsLab;
let other: AccountsLab;

beforeAll(async () => {
  ledger = await createLedger('accounts_staff');
  lab = new AccountsLab(ledger.url);
  other = new AccountsLab(ledger.url);
});
afterAll(async () => {
  await lab.close();
  await other.close();
  await ledger.drop();
});

const actionsOf = async (merchantId: string) => (await lab.facts(merchantId)).map(({ action }) => action);
const invitation = (merchantId: string, email: string, role: StaffRole = 'staff') => ({
  id: newStaffId(),
  merchantId,
  email,
  name: 'New',
  role,
  linkHash: secretHash(newSecret()),
  fingerprint: null as string | null,
  by: BY,
});
const changeRole = (person: Person, role: StaffRole, it = lab) =>
  it.accounts.staff.changeRole({ ...person, role, by: BY });
const remove = (person: Person, it = lab) => it.accounts.staff.removeStaff({ ...person, by: BY });

describe('staff', () => {
  it('are invited once on an installation, whatever letters are capitals', async () => {
    const [a, b] = [await lab.merchant(), await lab.merchant()];
    const { staff } = lab.accounts;
    const first = invitation(a, 'Ann@Example.com');
    const added = await staff.addStaff(first);
    expect(added).toMatchObject({ kind: 'added', staff: { email: 'ann@example.com', joined: false } });
    expect(await staff.addStaff(first)).toEqual(added); // the answer was lost
    for (const merchantId of [a, b])
      expect(await staff.addStaff(invitation(merchantId, 'ANN@example.com'))).toEqual({
        kind: 'email-taken',
      });
    expect((await staff.listStaff(b)).length).toBe(0);
    expect(await actionsOf(a)).toEqual(['merchant.created', 'staff.invited']);
    expect((await staff.addStaff(invitation('mer_none', 'bob@example.com'))).kind).toBe('not-found');
  });

  it('are invited once for an Idempotency-Key, which is good for one body and one invitation', async () => {
    const merchantId = await lab.merchant();
    const { staff } = lab.accounts;
    const keyed = { ...invitation(merchantId, 'key@example.com'), fingerprint: 'a' };
    const outcomes = await atOnce(20, () => staff.addStaff(keyed));
    expect(outcomes.filter((it) => it.kind === 'added' && !it.replayed)).toHaveLength(1);
    expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['added']));
    expect(await staff.addStaff({ ...keyed, role: 'owner', fingerprint: 'b' })).toEqual({
      kind: 'key-reused',
    });
    await remove({ merchantId, staffId: keyed.id, email: keyed.email });
    expect(await staff.addStaff(keyed)).toEqual({ kind: 'removed-since' });
    await lab.query(`UPDATE accounts.made SET made_at = made_at - interval '25 h' WHERE merchant_id = $1`, [
      merchantId,
    ]);
    await lab.accounts.purgeRound();
    expect((await staff.addStaff(keyed)).kind).toBe('added');
  });

  it('of a hundred invitations of one address at once one is sent', async () => {
    const [a, b] = [await lab.merchant(), await lab.merchant()];
    const outcomes = await atOnce(100, (n) =>
      (n % 2 ? lab : other).accounts.staff.addStaff(invitation(n % 3 ? a : b, 'race@example.com')),
    );
    expect(tally(outcomes)).toEqual({ added: 1, 'email-taken': 99 });
  });

  it.each([
    ['a changed role', (person: Person) => changeRole(person, 'viewer')],
    ['removal', (person: Person) => remove(person)],
  ])('lose their sessions by %s, and that is published', async (_, act) => {
    const owner = await lab.person('owner');
    const person = await lab.person('staff', owner.merchantId);
    const session = await lab.session(person);
    const cursor = await lab.cursor();
    await act(person);
    expect((await lab.accounts.signIn.refresh(session.refreshToken)).kind).toBe('session-ended');
    expect(await other.revokedSince(cursor)).toEqual([`session ${lab.callerOf(session).sessionId}`]);
    expect(await lab.accounts.signIn.stepUp({ caller: lab.callerOf(session), password: PASSWORD })).toEqual({
      kind: 'session-ended',
    });
  });

  it('that were removed cannot come back, not by a link either, and their address is free again', async () => {
    const owner = await lab.person('owner');
    const person = await lab.person('staff', owner.merchantId);
    const token = await lab.link(person);
    expect(await remove(person)).toEqual({ kind: 'removed' });
    expect(await remove(person)).toEqual({ kind: 'not-found' });
    expect((await lab.accounts.signIn.login({ email: person.email, password: PASSWORD })).kind).toBe(
      'invalid-credentials',
    );
    expect((await lab.accounts.signIn.useLink({ token, password: PASSWORD, from: FROM })).kind).toBe(
      'invalid-link',
    );
    expect((await lab.accounts.staff.addStaff(invitation(owner.merchantId, person.email))).kind).toBe(
      'added',
    );
    expect((await lab.facts(owner.merchantId)).at(-2)).toMatchObject({
      action: 'staff.removed',
      target: { kind: 'staff', id: person.staffId },
      actor: { kind: 'staff', id: 'stf_test' },
      change: { email: person.email, role: 'staff' },
    });
  });

  it('a role that they have is no change', async () => {
    const person = await lab.person('owner');
    const before = await lab.facts(person.merchantId);
    expect((await changeRole(person, 'owner')).kind).toBe('changed');
    expect(await lab.facts(person.merchantId)).toEqual(before);
  });

  it('the last owner stays an owner', async () => {
    const owner = await lab.person('owner');
    await lab.person('staff', owner.merchantId);
    expect(await changeRole(owner, 'staff')).toEqual({ kind: 'last-owner' });
    expect(await remove(owner)).toEqual({ kind: 'last-owner' });
    await lab.person('owner', owner.merchantId);
    expect((await changeRole(owner, 'staff')).kind).toBe('changed');
  });

  it('never has zero owners, however many go at once', async () => {
    const first = await lab.person('owner');
    const owners = [first];
    for (let n = 0; n < 9; n += 1) owners.push(await lab.person('owner', first.merchantId));
    const outcomes = await atOnce<{ kind: string }>(100, (n) => {
      const who = owners[n % owners.length]!;
      const it = n % 3 ? lab : other;
      return n % 2 ? changeRole(who, 'viewer', it) : remove(who, it);
    });
    expect(tally(outcomes)['last-owner']).toBeGreaterThan(0);
    const left = (await lab.accounts.staff.listStaff(first.merchantId)).filter(
      ({ role }) => role === 'owner',
    );
    expect(left).toHaveLength(1);
  });
});

describe('API keys', () => {
  const owner: Scope[] = [...scopesOfRole('owner')];
  const command = (merchantId: string, more: object = {}) => {
    const { secret, ...key } = newApiKey();
    return {
      secret,
      create: {
        ...key,
        merchantId,
        name: 'till',
        scopes: ['drops:read', 'orders:read'],
        expiresAt: null as string | null,
        makerScopes: owner,
        fingerprint: null as string | null,
        by: BY,
        ...more,
      },
    };
  };

  it('are found by their secret until they are removed, and removal is published', async () => {
    const merchantId = await lab.merchant();
    const { secret, create } = command(merchantId);
    expect(secret).toMatch(/^hfk_[\w-]{43}$/);
    const made = await lab.accounts.apiKeys.createApiKey(create);
    expect(made).toMatchObject({
      kind: 'created',
      key: { name: 'till', prefix: secret.slice(0, 12), lastUsedAt: null },
    });
    expect(await other.accounts.apiKeys.createApiKey(create)).toEqual(made); // the answer was lost
    const found = await other.accounts.apiKeys.findApiKey(secretHash(secret));
    expect(found).toMatchObject({ merchantId, scopes: ['drops:read', 'orders:read'], createdBy: BY.actor });
    expect(await lab.accounts.apiKeys.findApiKey(secretHash(`${secret}x`))).toBeNull();
    const cursor = await lab.cursor();
    const removal = { merchantId, keyId: create.id, by: BY };
    expect(await lab.accounts.apiKeys.removeApiKey(removal)).toEqual({ kind: 'removed' });
    expect(await lab.accounts.apiKeys.removeApiKey(removal)).toEqual({ kind: 'not-found' });
    expect(await other.accounts.apiKeys.findApiKey(secretHash(secret))).toBeNull();
    expect(await other.revokedSince(cursor)).toEqual([`api-key ${create.id}`]);
    expect(await actionsOf(merchantId)).toEqual(['merchant.created', 'key.created', 'key.removed']);
  });

  it('note their use to the minute', async () => {
    const merchantId = await lab.merchant();
    const { secret, create } = command(merchantId);
    await lab.accounts.apiKeys.createApiKey(create);
    const usedAt = async () => (await lab.accounts.apiKeys.listApiKeys(merchantId))[0]!.lastUsedAt;
    await lab.accounts.apiKeys.findApiKey(secretHash(secret));
    const first = await usedAt();
    expect(first).not.toBeNull();
    await lab.accounts.apiKeys.findApiKey(secretHash(secret));
    expect(await usedAt()).toBe(first);
    await lab.query(
      `UPDATE accounts.api_key SET last_used_at = last_used_at - interval '61 s' WHERE key_id = $1`,
      [create.id],
    );
    await lab.accounts.apiKeys.findApiKey(secretHash(secret));
    expect(Date.parse((await usedAt())!)).toBeGreaterThanOrEqual(Date.parse(first!));
  });

  it('end at their time, and are not made over', async () => {
    const merchantId = await lab.merchant();
    const past = command(merchantId, { expiresAt: new Date(Date.now() - 1).toISOString() });
    expect(await lab.accounts.apiKeys.createApiKey(past.create)).toEqual({ kind: 'expired-already' });
    const { secret, create } = command(merchantId, {
      expiresAt: new Date(Date.now() + 60_000).toISOString(),
    });
    expect((await lab.accounts.apiKeys.createApiKey(create)).kind).toBe('created');
    await lab.query(`UPDATE accounts.api_key SET expires_at = clock_timestamp() WHERE key_id = $1`, [
      create.id,
    ]);
    expect(await lab.accounts.apiKeys.findApiKey(secretHash(secret))).toBeNull();
  });

  it.each([
    ['without a scope', { scopes: [] }, 'invalid-scopes'],
    ['with a scope that does not exist', { scopes: ['everything'] }, 'invalid-scopes'],
    ['that makes keys', { scopes: ['keys:write'] }, 'forbidden-scopes'],
    ['that makes people', { scopes: ['drops:read', 'staff:write'] }, 'forbidden-scopes'],
    [
      'with more than its maker has',
      { scopes: ['settings:write'], makerScopes: [...scopesOfRole('staff')] },
      'forbidden-scopes',
    ],
  ])('are not made %s', async (_, more, kind) => {
    const merchantId = await lab.merchant();
    expect((await lab.accounts.apiKeys.createApiKey(command(merchantId, more).create)).kind).toBe(kind);
    expect(await lab.accounts.apiKeys.listApiKeys(merchantId)).toEqual([]);
  });

  it('stay when their maker goes', async () => {
    const maker = await lab.person('owner');
    await lab.person('owner', maker.merchantId);
    const actor = { kind: 'staff' as const, id: maker.staffId, label: maker.email };
    const { secret, create } = command(maker.merchantId, { by: { ...FROM, actor } });
    await lab.accounts.apiKeys.createApiKey(create);
    await remove(maker);
    expect(await lab.accounts.apiKeys.findApiKey(secretHash(secret))).toMatchObject({ createdBy: actor });
  });
});

describe('the settings of a merchant', () => {
  it('change with their revision, and the audit has what changed', async () => {
    const merchantId = await lab.merchant();
    const { merchants } = lab.accounts;
    const before = (await merchants.getMerchant(merchantId))!;
    expect(before).toMatchObject({
      name: 'A merchant',
      defaultCurrency: 'EUR',
      requireMfa: false,
      revision: 1,
    });
    const change = {
      name: 'B',
      allowedOrigins: ['https://b.example'],
      refundStepUpMinor: 5000,
      requireMfa: true,
    };
    const changed = await merchants.changeMerchant({ merchantId, change, ifRevision: 1, by: BY });
    expect(changed).toEqual({ kind: 'changed', merchant: { ...before, ...change, revision: 2 } });
    expect(await merchants.getMerchant(merchantId)).toEqual({ ...before, ...change, revision: 2 });
    expect(
      await merchants.changeMerchant({ merchantId, change: { name: 'C' }, ifRevision: 1, by: BY }),
    ).toEqual({
      kind: 'revision-mismatch',
      revision: 2,
    });
    expect((await merchants.changeMerchant({ merchantId, change, by: BY })).kind).toBe('changed');
    const facts = await lab.facts(merchantId);
    expect(facts.map(({ action }) => action)).toEqual(['merchant.created', 'merchant.changed']);
    expect(facts[1]!.change).toMatchObject({ name: { from: 'A merchant', to: 'B' } });
    // One part of the brand alone: the other stays.
    const brand = (part: object) => merchants.changeMerchant({ merchantId, change: { brand: part }, by: BY });
    await brand({ accent: '#123456' });
    expect(await brand({ logoUrl: 'https://b.example/logo.png' })).toMatchObject({
      merchant: { brand: { accent: '#123456', logoUrl: 'https://b.example/logo.png' } },
    });
    expect(await merchants.getMerchant('mer_none')).toBeNull();
    expect((await merchants.changeMerchant({ merchantId: 'mer_none', change: {}, by: BY })).kind).toBe(
      'not-found',
    );
  });

  it('of a hundred changes of one revision one is made', async () => {
    const merchantId = await lab.merchant();
    const outcomes = await atOnce(100, (n) =>
      (n % 2 ? lab : other).accounts.merchants.changeMerchant({
        merchantId,
        change: { name: `N${n}` },
        ifRevision: 1,
        by: BY,
      }),
    );
    expect(tally(outcomes)).toEqual({ changed: 1, 'revision-mismatch': 99 });
  });
});
