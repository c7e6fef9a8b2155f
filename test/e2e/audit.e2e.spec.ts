import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '@holdfast/testing';
import { TOTP } from 'otpauth';
import { POLICIES, type Policy } from '../../apps/gateway/src/entrypoints/http/access/policies';
import { once } from '../support/once';
import { OtherShopper } from '../support/shop-client';
import { newDataDir, type Product, startProduct } from '../support/product';
import { PASSWORD, StaffClient } from '../support/staff-client';

interface Shown {
  seq: number;
  at: string;
  actor: { kind: string; id: string; label: string };
  action: string;
  target: { kind: string; id: string };
  change: object;
  requestId: string | null;
}

let product: Product;
let owner: StaffClient;
let ownerId: string;
const folder = mkdtempSync(join(tmpdir(), 'holdfast-audit-e2e-'));

beforeAll(async () => {
  product = await startProduct({ env: { HOLDFAST_DEMO: 'off' } });
  owner = await merchantsOwner('Audited');
  await waitFor('the first records', async () => (await listed()).length === 3);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The owner, stepped up, of a new merchant. */
async function merchantsOwner(name: string): Promise<StaffClient> {
  const { merchantId } = (await product.cli('merchant', 'create', '--name', name)).json as {
    merchantId: string;
  };
  const email = `${randomUUID()}@shop.example`;
  const added = await product.cli(
    'staff',
    'add',
    '--email',
    email,
    '--role',
    'owner',
    '--merchant',
    merchantId,
  );
  const { staffId, inviteUrl } = added.json as { staffId: string; inviteUrl: string };
  ownerId = staffId;
  const client = new StaffClient(product.url);
  await client.useLink(inviteUrl);
  await client.stepUp();
  return client;
}

const listed = async (client = owner, query = ''): Promise<Shown[]> =>
  (await client.send('GET', `/v1/admin/audit?limit=200${query}`)).body.items as Shown[];

/** The export, as lines. */
async function exported(client = owner): Promise<string[]> {
  const headers = { authorization: `Bearer ${client.token}` };
  const answer = await fetch(`${product.url}/v1/admin/audit/export`, { headers });
  expect(answer.headers.get('content-type')).toBe('application/x-ndjson');
  const text = await answer.text();
  expect(text.endsWith('\n')).toBe(true);
  return text.trimEnd().split('\n');
}

async function fileOf(lines: readonly string[]): Promise<string> {
  const file = join(folder, `${randomUUID()}.ndjson`);
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

type Send = (
  client: StaffClient,
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<any>; // eslint-disable-line @typescript-eslint/no-explicit-any -- each step says what it expects

/** Whom sign-in, shoppers and providers need no scope for. */
const isPublic = (policy: Policy) =>
  typeof policy === 'string' && !policy.includes(':') && policy !== 'person' && policy !== 'merchant';

/** Every route with which a merchant's staff or programs may change something. */
const CHANGING = Object.entries(POLICIES)
  .filter(([route, policy]) => !route.startsWith('GET ') && !isPublic(policy))
  .map(([route]) => route);
/** Of these: a stepped-up token is for its caller alone, and so is a secret that was not confirmed yet; a rehearsal ends by itself anyhow. */
const NO_CHANGE = new Set<string | undefined>([
  'POST /v1/auth/step-up',
  'POST /v1/auth/mfa/totp',
  'DELETE /v1/admin/drops/:dropId/rehearsals/:rehearsalId',
]);

const routeOf = (method: string, path: string) =>
  CHANGING.find((route) => {
    const pattern = route.replace(/:\w+/g, '[^/]+').replaceAll('/', '\\/');
    return new RegExp(`^${pattern}$`).test(`${method} ${path.split('?')[0]}`) && !NO_CHANGE.has(route);
  });

/** Products, drops, stock and holds. */
async function changeThings(send: Send, steps: [action: string, targetId: string, actor: string][]) {
  const price = { amountMinor: 900, currency: 'EUR' };
  const sku = `S-${randomUUID()}`;
  const cup = await send(owner, 'POST', '/v1/admin/products', {
    name: 'Cup',
    skus: [{ sku, name: 'Cup', price }],
  });
  steps.push(['product.created', cup.id, ownerId]);
  await send(owner, 'PATCH', `/v1/admin/products/${cup.id}`, { name: 'Big cup' });
  steps.push(['product.changed', cup.id, ownerId]);
  await send(owner, 'DELETE', `/v1/admin/products/${cup.id}`);
  steps.push(['product.deleted', cup.id, ownerId]);
  const items = [{ sku, total: 5, name: 'Cup', price }];
  const make = async () => {
    const { id } = await send(owner, 'POST', '/v1/admin/drops', { name: 'Cups', items });
    steps.push(['drop.created', id, ownerId]);
    return `/v1/admin/drops/${id}`;
  };
  const at = await make();
  const id = at.split('/').at(-1)!;
  const opensAt = new Date(Date.now() + 3_600_000).toISOString();
  await send(owner, 'POST', `${at}/schedule`, { opensAt });
  await send(owner, 'PATCH', at, { name: 'Big cups' }, { 'if-match': '*' });
  for (const step of ['open', 'pause', 'resume']) await send(owner, 'POST', `${at}/${step}`);
  for (const what of ['scheduled', 'changed', 'opened', 'paused', 'resumed'])
    steps.push([`drop.${what}`, id, ownerId]);
  const key = { 'idempotency-key': randomUUID() };
  const adjusted = await send(
    owner,
    'POST',
    `${at}/stock-adjustments`,
    { sku, delta: 2, reason: 'counted' },
    key,
  );
  steps.push(['stock.adjusted', adjusted.id, ownerId]);
  const { id: holdId } = await new OtherShopper(product.url).hold(id, sku);
  await send(owner, 'POST', `/v1/admin/holds/${holdId}/release`, { reason: 'stuck' });
  steps.push(['hold.released', holdId, ownerId]);
  await send(owner, 'POST', `${at}/close`);
  steps.push(['drop.closed', id, ownerId]);
  await send(owner, 'PUT', `${at}/admission`, { perMinute: 60 });
  steps.push(['admission.changed', id, ownerId]);
  const words = { shoppers: 1, duration: 5, whileSelling: true };
  const rehearsal = await send(owner, 'POST', `${at}/rehearsals`, words);
  steps.push(['rehearsal.started', rehearsal.id, ownerId]);
  await send(owner, 'DELETE', `${at}/rehearsals/${rehearsal.id}`);
  const copy = await send(owner, 'POST', `${at}/duplicate`);
  steps.push(['drop.duplicated', copy.id, ownerId]);
  await send(owner, 'DELETE', `/v1/admin/drops/${copy.id}`);
  steps.push(['drop.deleted', copy.id, ownerId]);
  const csv = `Handle,Title,Variant SKU,Variant Price,Variant Inventory Qty\nmug,Mug,${randomUUID()},9.00,1\n`;
  const headers = { authorization: `Bearer ${owner.token}`, 'content-type': 'text/csv' };
  const path = '/v1/admin/products/import';
  const imported = await fetch(product.url + path, { method: 'POST', headers, body: csv });
  expect(imported.status).toBe(200);
  const record = await waitFor(
    'the record of the import',
    async () => (await listed(owner, '&action=product.imported'))[0],
  );
  steps.push(['product.imported', record.target.id, ownerId]);
  return routeOf('POST', path);
}

it('every call that changes something leaves one record within a second, of who made it', async () => {
  const seen = (await listed()).length;
  const steps: [action: string, targetId: string, actor: string][] = [];
  const called = new Set<string | undefined>();
  const send = async (
    client: StaffClient,
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ) => {
    const answer = await client.send(method, path, body, headers);
    expect([path, answer.status < 300 ? 'done' : answer.body]).toEqual([path, 'done']);
    called.add(routeOf(method, path));
    return answer.body;
  };
  const email = `${randomUUID()}@shop.example`;
  const ann = await send(owner, 'POST', '/v1/admin/staff', { email, name: 'Ann', role: 'staff' });
  steps.push(['staff.invited', ann.id, ownerId]);
  const client = new StaffClient(product.url);
  await client.useLink(ann.inviteUrl);
  steps.push(['staff.joined', ann.id, ann.id]);
  await send(client, 'POST', '/v1/auth/password', { current: PASSWORD, next: `${PASSWORD} 2` });
  steps.push(['password.changed', ann.id, ann.id]);
  const { secret } = await send(client, 'POST', '/v1/auth/mfa/totp');
  const confirmed = await send(client, 'POST', '/v1/auth/mfa/totp/confirm', {
    code: new TOTP({ secret }).generate(),
  });
  steps.push(['mfa.enabled', ann.id, ann.id]);
  const [code] = confirmed.recoveryCodes;
  await send(client, 'POST', '/v1/auth/mfa/totp/remove', { password: `${PASSWORD} 2`, code });
  steps.push(['mfa.removed', ann.id, ann.id]);
  await send(owner, 'PATCH', `/v1/admin/staff/${ann.id}`, { role: 'viewer' });
  steps.push(['staff.changed', ann.id, ownerId]);
  await send(owner, 'DELETE', `/v1/admin/staff/${ann.id}`);
  steps.push(['staff.removed', ann.id, ownerId]);
  const scopes = ['audit:read', 'settings:write'];
  const key = await send(owner, 'POST', '/v1/admin/api-keys', { name: 'script', scopes });
  steps.push(['key.created', key.id, ownerId]);
  const script = Object.assign(new StaffClient(product.url), { token: key.secret });
  const merchant = await send(script, 'PATCH', '/v1/admin/merchant', { supportEmail: 'help@shop.example' });
  steps.push(['merchant.changed', merchant.id, key.id]);
  expect((await listed(script)).length).toBeGreaterThan(0);
  await send(owner, 'DELETE', `/v1/admin/api-keys/${key.id}`);
  steps.push(['key.removed', key.id, ownerId]);
  called.add(await changeThings(send, steps));
  // A new route that changes something is listed here with the record that it leaves.
  expect([...called].filter((route) => route !== undefined).sort()).toEqual(
    CHANGING.filter((route) => !NO_CHANGE.has(route)).sort(),
  );
  const records = await waitFor(
    'the records',
    async () => {
      const now = (await listed()).slice(seen);
      return now.length >= steps.length && now;
    },
    { deadlineMs: 5_000 },
  );
  // Those of two services stand in the order in which they were asked for.
  const told = records.map(({ action, target, actor }) => [action, target.id, actor.id]);
  expect(told.map(String).sort()).toEqual(steps.map(String).sort());
  for (const record of records) expect(record.requestId).not.toBeNull();
  // No secret was written.
  for (const word of [PASSWORD, key.secret, secret, code, ann.inviteUrl.split('=')[1]])
    expect(JSON.stringify(records)).not.toContain(word);
});

it('a change of a drop, which another service makes, stands there as well', async () => {
  const price = { amountMinor: 900, currency: 'EUR' };
  const items = [{ sku: `S-${randomUUID()}`, total: 5, name: 'Mug', price }];
  const made = await owner.send('POST', '/v1/admin/drops', { name: 'Mugs', items });
  expect(made.status).toBe(201);
  const { id } = made.body as { id: string };
  for (const step of ['open', 'pause'])
    expect((await owner.send('POST', `/v1/admin/drops/${id}/${step}`)).status).toBe(200);
  const records = await waitFor('the records of the drop', async () => {
    const now = await listed(owner, `&targetId=${id}`);
    return now.length >= 3 && now;
  });
  expect(records.map(({ action, actor }) => [action, actor.id])).toEqual(
    ['drop.created', 'drop.opened', 'drop.paused'].map((action) => [action, ownerId]),
  );
});

it('what the command line does is told of the operator', async () => {
  const operator = (await listed()).filter(({ actor }) => actor.kind === 'operator');
  expect(operator.map(({ action, actor }) => [action, actor.id])).toEqual([
    ['merchant.created', 'cli'],
    ['staff.invited', 'cli'],
  ]);
});

it('is listed page by page, by action and by target, for those who may', async () => {
  const all = await listed();
  const read: Shown[] = [];
  for (let cursor = ''; cursor !== 'null';) {
    const page = await owner.send('GET', `/v1/admin/audit?limit=3${cursor && `&cursor=${cursor}`}`);
    read.push(...page.body.items);
    cursor = String(page.body.nextCursor);
  }
  expect(read).toEqual(all);
  expect(all.map(({ seq }) => seq)).toEqual(all.map((_, i) => i + 1));
  expect(await listed(owner, '&action=staff.invited')).toEqual(
    all.filter(({ action }) => action === 'staff.invited'),
  );
  expect(await listed(owner, `&targetId=${ownerId}`)).toEqual(
    all.filter(({ target }) => target.id === ownerId),
  );
  for (const query of ['cursor=junk', 'cursor=c2VxOjA', 'action=x', 'limit=0', 'targetId='])
    expect((await owner.send('GET', `/v1/admin/audit?${query}`)).status).toBe(400);
  const email = `${randomUUID()}@shop.example`;
  const { body } = await owner.send('POST', '/v1/admin/staff', { email, name: 'Bo', role: 'staff' });
  const bo = new StaffClient(product.url);
  await bo.useLink(body.inviteUrl);
  for (const path of ['', '/checkpoint', '/export'])
    expect((await bo.send('GET', `/v1/admin/audit${path}`)).status).toBe(403);
});

it('an export is checked by the command line alone, and what was done to it is found', async () => {
  const kept = (await owner.send('GET', '/v1/admin/audit/checkpoint')).body;
  expect(Object.keys(kept).sort()).toEqual(['at', 'hash', 'keyId', 'merchantId', 'seq', 'signature']);
  const keys = await (await fetch(`${product.url}/.well-known/holdfast-audit-keys.json`)).text();
  expect(JSON.parse(keys).keys[0]).toMatchObject({ kty: 'OKP', crv: 'Ed25519', kid: kept.keyId });
  const lines = await exported();
  const end = JSON.parse(lines.at(-1)!) as Record<string, unknown>;
  expect(end).toMatchObject({
    merchantId: kept.merchantId,
    keyId: kept.keyId,
    publicKey: JSON.parse(keys).keys[0].x,
  });
  const files = ['--keys', await fileOf([keys]), '--checkpoint', await fileOf([JSON.stringify(kept)])];
  const verify = async (some: readonly string[], ...more: string[]) => {
    const { code, json } = await product.cli('audit', 'verify', await fileOf(some), ...more);
    return {
      code,
      verdict: json as { ok: boolean; records: number; keyFingerprint: string; firstBroken: object | null },
    };
  };
  const whole = { ok: true, records: lines.length - 1, keyFingerprint: kept.keyId, firstBroken: null };
  expect(await verify(lines)).toEqual({ code: 0, verdict: whole });
  expect(await verify(lines, ...files)).toEqual({ code: 0, verdict: whole });
  const edited = lines.with(1, lines[1]!.replace('staff.invited', 'staff.removed'));
  expect(await verify(edited)).toMatchObject({
    code: 1,
    verdict: { ok: false, firstBroken: { seq: 2, line: 2 } },
  });
  expect((await verify(lines.slice(0, -1))).code).toBe(1);
  expect((await verify(lines.toSpliced(2, 1), ...files)).verdict.firstBroken).toMatchObject({ line: 3 });
});

it('of another merchant shows nothing of this one', async () => {
  const mine = ownerId;
  const theirs = await merchantsOwner('Other');
  const all = await waitFor('their records', async () => {
    const now = await listed(theirs);
    return now.length >= 3 && now;
  });
  expect(all.map(({ action }) => action)).toEqual(['merchant.created', 'staff.invited', 'staff.joined']);
  expect((await exported(theirs)).join('\n')).not.toContain(mine);
});

once('a product that is killed after a change has it once in the chain afterwards', async () => {
  const dataDir = newDataDir();
  const options = { mode: 'standalone', env: { HOLDFAST_DEMO: 'off' }, dataDir } as const;
  const first = await startProduct(options);
  const client = await StaffClient.byLink(first, 'owner@holdfast.test');
  await client.stepUp();
  const names = Array.from({ length: 5 }, (_, n) => `key ${n}`);
  await Promise.all(
    names.map((name) => client.send('POST', '/v1/admin/api-keys', { name, scopes: ['drops:read'] })),
  );
  await first.killAll9();
  const second = await startProduct(options);
  const again = await StaffClient.byLink(second, 'owner@holdfast.test');
  const made = await waitFor('the records', async () => {
    const { body } = await again.send('GET', '/v1/admin/audit?action=key.created&limit=200');
    const found = (body.items as { change: { name: string } }[]).map(({ change }) => change.name);
    return found.length >= 5 && found;
  });
  expect(made.sort()).toEqual(names);
  await second.stop();
  rmSync(dataDir, { recursive: true });
});
