import { randomUUID } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { type Scope, SCOPES, scopesOfRole } from '@holdfast/contracts';
import { POLICIES, type Policy } from '../../apps/gateway/src/entrypoints/http/access/policies';
import { ACCESS_REQUESTS, AccessWorld, type Asked } from '../support/access-requests';
import { onDatabase } from '../support/drops';
import { MODE, type Product, startProduct, superuserUrl } from '../support/product';
import { REPOSITORY } from '../support/repository';
import { spellingsOf } from '../support/spellings';
import { StaffClient } from '../support/staff-client';

const CALLERS = [
  ...['anonymous', 'shopper A', 'shopper B', 'viewer', 'staff', 'owner', 'other owner'],
  ...['key without', 'key with'],
] as const;
type Caller = (typeof CALLERS)[number];

const isProtected = (policy: Policy) =>
  !['public', 'sign-in', 'provider', 'figures'].includes(policy as string);
const ROUTES = Object.entries(POLICIES).filter(([, policy]) => isProtected(policy));
const WITH_ID = ROUTES.filter(([route]) => route.includes(':'));
const scopeOf = (policy: Policy): Scope | null =>
  typeof policy === 'object' ? policy.scope : SCOPES.includes(policy as Scope) ? (policy as Scope) : null;
/** What keys never have. */
const ONLY_PEOPLE = ['staff:write', 'keys:write'];

/** The one table: how each caller is answered. `ok` is what the request itself says. */
function expected(route: string, policy: Policy, caller: Caller): 'ok' | 401 | 403 | 404 {
  if (caller === 'anonymous') return 401;
  const isShopper = caller.startsWith('shopper');
  if (policy === 'guest') {
    if (!isShopper) return 401;
    // A drop is everybody's; holds and orders are of who made them.
    return caller === 'shopper A' || route.includes('/drops/') ? 'ok' : 404;
  }
  if (isShopper) return 401;
  const scope = scopeOf(policy)!;
  if (caller === 'viewer' || caller === 'staff') return scopesOfRole(caller).includes(scope) ? 'ok' : 403;
  if (caller === 'key without') return 403;
  if (caller === 'key with') return ONLY_PEOPLE.includes(scope) ? 403 : 'ok';
  return caller === 'owner' ? 'ok' : 404;
}

/** The functions of the ledger that have the predicate in themselves. */
const FUNCTIONS = ['adjust_stock', 'release_for_merchant'];
const NO_FILTER = { NODE_OPTIONS: `--require ${join(REPOSITORY, 'test/support/no-tenant-filter.cjs')}` };

describe.each(MODE === 'cluster' ? [true] : [true, false])(
  'with the filter of the application: %s',
  (filter) => {
    let product: Product;
    let world: AccessWorld;
    const clients = {} as Record<Exclude<Caller, 'key with'>, StaffClient>;
    const keys = new Map<Scope, StaffClient>();

    beforeAll(async () => {
      product = await startProduct({ env: { HOLDFAST_DEMO: 'off', ...(filter ? {} : NO_FILTER) } });
      if (!filter) await stripFunctions(superuserUrl(product.dataDir));
      const owner = await StaffClient.newOwner(product);
      const other = await otherOwner();
      for (const it of [owner, other]) await it.stepUp();
      const guest = async () => {
        const client = new StaffClient(product.url);
        client.token = (await client.send('POST', '/v1/sessions', {})).body.accessToken;
        client.cookie = undefined;
        return client;
      };
      const [a, b] = [await guest(), await guest()];
      world = new AccessWorld(owner, a);
      const person = async (role: string) => {
        const email = `${randomUUID()}@shop.example`;
        const { body } = await owner.send('POST', '/v1/admin/staff', { email, name: role, role });
        const client = new StaffClient(product.url);
        await client.useLink(body.inviteUrl);
        return client;
      };
      Object.assign(clients, {
        anonymous: new StaffClient(product.url),
        'shopper A': a,
        'shopper B': b,
        viewer: await person('viewer'),
        staff: await person('staff'),
        owner,
        'other owner': other,
        'key without': await keyOf('webhooks:read'),
      });
    });

    async function otherOwner(): Promise<StaffClient> {
      const made = await product.cli('merchant', 'create', '--name', 'Other');
      const { merchantId } = made.json as { merchantId: string };
      const email = `${randomUUID()}@other.example`;
      await product.cli('staff', 'add', '--email', email, '--role', 'owner', '--merchant', merchantId);
      return StaffClient.byLink(product, email);
    }

    async function keyOf(scope: Scope): Promise<StaffClient> {
      const client = keys.get(scope) ?? new StaffClient(product.url);
      client.token ??= (await world.key(scope)).secret;
      keys.set(scope, client);
      return client;
    }

    async function clientOf(caller: Caller, policy: Policy): Promise<StaffClient> {
      if (caller !== 'key with') return clients[caller];
      const scope = scopeOf(policy);
      return scope === null || ONLY_PEOPLE.includes(scope) ? clients['key without'] : keyOf(scope);
    }

    const send = async (client: StaffClient, route: string, { id, body, headers }: Asked) => {
      const [method, path] = route.split(' ') as [string, string];
      return sendRaw(client, method, filled(path, id), { body, headers });
    };

    it('has a request for each route that names a thing', () => {
      expect(Object.keys(ACCESS_REQUESTS).sort()).toEqual(WITH_ID.map(([route]) => route).sort());
    });

    it.each(WITH_ID)('%s', async (route, policy) => {
      const target = await ACCESS_REQUESTS[route]!(world);
      const cells: string[] = [];
      const wanted: string[] = [];
      const ask = async (caller: Caller, asked: Asked) => {
        const client = await clientOf(caller, policy);
        const answer = await send(client, route, asked);
        const cell = expected(route, policy, caller);
        cells.push(`${caller}: ${answer.status}`);
        wanted.push(`${caller}: ${cell === 'ok' ? asked.ok : cell}`);
        if (cell !== 404) return;
        // Nothing tells another's thing from none.
        const last = asked.id.at(-1) === '0' ? '1' : '0';
        const unknown = asked.id.slice(0, -1) + last;
        const none = await send(client, route, { ...asked, id: unknown });
        expect(bare(answer.text, asked.id)).toBe(bare(none.text, unknown));
      };
      const isOk = (caller: Caller) => expected(route, policy, caller) === 'ok';
      for (const caller of CALLERS) if (!isOk(caller)) await ask(caller, target);
      // What was refused changed nothing: who may can still do it with the very thing.
      const [first, ...others] = [...CALLERS].filter(isOk).reverse();
      await ask(first!, target);
      for (const caller of others) await ask(caller, await ACCESS_REQUESTS[route]!(world));
      expect(cells).toEqual(wanted);
      expect(cells).toHaveLength(CALLERS.length);
    });

    it('and with the policies off, another merchant sees a drop only where the filter is off, too', async () => {
      const url = superuserUrl(product.dataDir);
      const dropId = await world.drop('open');
      const see = () => clients['other owner'].send('GET', `/v1/admin/drops/${dropId}`);
      expect((await see()).status).toBe(404);
      await onDatabase(url, (client) => client.query(secure('DISABLE')));
      expect((await see()).status).toBe(filter ? 404 : 200);
      await onDatabase(url, (client) => client.query(secure('ENABLE')));
      expect((await see()).status).toBe(404);
    });

    const spelledOnce = filter ? it : undefined;
    spelledOnce?.each(ROUTES)('%s is behind no other spelling', async (route) => {
      const [method, path] = route.split(' ') as [string, string];
      const id = route.includes(':') ? (await cachedTarget(route)).id : '';
      const spelled = spellingsOf(filled(path, id));
      expect(new Set(spelled).size).toBe(12);
      for (const spelling of spelled)
        for (const caller of ['anonymous', 'key without'] as const) {
          if (caller === 'key without' && POLICIES[route] === 'merchant') continue;
          const { status } = await sendRaw(clients[caller], method, spelling, {});
          expect([spelling, caller, status >= 400 && status < 500 ? 'refused' : status]).toEqual([
            spelling,
            caller,
            'refused',
          ]);
        }
    });

    const targets = new Map<string, Promise<Asked>>();
    /** Refused requests change nothing, so one thing of a kind is enough. */
    function cachedTarget(route: string): Promise<Asked> {
      const kind = /:(\w+)/.exec(route)![1]!;
      const like = kind === 'dropId' ? 'GET /v1/admin/drops/:dropId' : route;
      const known = targets.get(like) ?? ACCESS_REQUESTS[like]!(world);
      targets.set(like, known);
      return known;
    }
  },
);

const secure = (what: string) =>
  `DO $$ DECLARE t regclass; BEGIN FOR t IN SELECT oid FROM pg_class WHERE relkind = 'r' AND relnamespace = 'inventory'::regnamespace
   AND EXISTS (SELECT FROM pg_policy WHERE polrelid = pg_class.oid) LOOP EXECUTE format('ALTER TABLE %s ${what} ROW LEVEL SECURITY', t); END LOOP; END $$`;

async function stripFunctions(url: string): Promise<void> {
  await onDatabase(url, async (client) => {
    const { rows } = await client.query<{ text: string }>(
      `SELECT pg_get_functiondef(oid) AS text FROM pg_proc
       WHERE pronamespace = 'inventory'::regnamespace AND proname = ANY ($1) AND 'p_merchant_id' = ANY (proargnames)`,
      [FUNCTIONS],
    );
    expect(rows).toHaveLength(FUNCTIONS.length);
    for (const { text } of rows) {
      const stripped = text.replace('d.merchant_id = p_merchant_id', 'true');
      expect(stripped).not.toBe(text);
      await client.query(stripped);
    }
  });
}

/** The path with the id of its thing; of two, `one/other`. */
function filled(path: string, id: string): string {
  const ids = id.split('/');
  return path.replace(/:\w+/g, () => ids.shift() ?? 'none');
}

/** Without what differs from request to request. */
const bare = (text: string, id: string) =>
  id
    .split('/')
    .reduce((left, part) => left.replaceAll(part, 'ID'), text)
    .replace(/"traceId":"[^"]*"/, '"traceId":""');

/** The path goes out as it is: `fetch` would tidy it up. Of a stream only the head is read. */
function sendRaw(
  client: StaffClient,
  method: string,
  path: string,
  { body, headers = {} }: Pick<Asked, 'body' | 'headers'>,
): Promise<{ status: number; text: string }> {
  const { hostname, port } = new URL(client.url);
  const text = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      {
        hostname,
        port,
        method,
        path,
        headers: {
          ...(client.token === undefined ? {} : { authorization: `Bearer ${client.token}` }),
          ...(text === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
          ...headers,
        },
      },
      (answer) => {
        const status = answer.statusCode ?? 0;
        if (answer.headers['content-type']?.includes('event-stream')) {
          sent.destroy();
          return resolve({ status, text: '' });
        }
        let received = '';
        answer.setEncoding('utf8').on('data', (more: string) => (received += more));
        answer.on('end', () => resolve({ status, text: received }));
        answer.on('error', reject);
      },
    );
    sent.on('error', reject);
    sent.end(text);
  });
}
