import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Scope, SCOPES, scopesOfRole, STAFF_ROLES, type StaffRole } from '@holdfast/contracts';
import { DROP_ID, FakeBackend, startEdge } from '../../../../../../test/support/fake-edge';
import { POLICIES, type Policy } from './policies';

const backend = new FakeBackend();
let app: NestFastifyApplication;
let shopper: string;

beforeAll(async () => {
  app = await startEdge(backend);
  const session = await app.inject({ method: 'POST', url: '/v1/sessions' });
  shopper = session.json<{ accessToken: string }>().accessToken;
});
afterAll(() => app.close());

type Verdict = 'admitted' | 401 | 403;
interface Caller {
  name: string;
  token: () => string | undefined;
  /** What the policy makes of this caller. */
  expected: (policy: Policy) => Verdict;
}

const scopeOf = (policy: Policy): Scope | null => {
  if (typeof policy === 'object') return policy.scope;
  return SCOPES.includes(policy as Scope) ? (policy as Scope) : null;
};
const isOpen = (policy: Policy) => policy === 'public' || policy === 'provider';
const isForPeople = (policy: Policy) => ['guest', 'sign-in', 'person'].includes(policy as string);
/** In one process on this machine, everybody here may see the figures. */
const isForEveryCaller = (policy: Policy) => isOpen(policy) || policy === 'figures';
const isForAll = (policy: Policy) => isForEveryCaller(policy) || policy === 'sign-in';

const person = (role: StaffRole, steppedUp: boolean): Caller => ({
  name: `${role}${steppedUp ? ', stepped up' : ''}`,
  token: () => backend.accounts.token({ role, steppedUp }),
  expected: (policy) => {
    if (isForAll(policy)) return 'admitted';
    if (policy === 'guest') return 401;
    const scope = scopeOf(policy);
    if (scope && !scopesOfRole(role).includes(scope)) return 403;
    return typeof policy === 'object' && !steppedUp ? 403 : 'admitted';
  },
});

const callers: Caller[] = [
  { name: 'nobody', token: () => undefined, expected: (policy) => (isForAll(policy) ? 'admitted' : 401) },
  {
    name: 'a shopper',
    token: () => shopper,
    expected: (policy) => (isForAll(policy) || policy === 'guest' ? 'admitted' : 401),
  },
  ...STAFF_ROLES.flatMap((role) => [person(role, false), person(role, true)]),
  {
    name: 'a key with every scope',
    token: () => backend.accounts.apiKey([...SCOPES]),
    expected: (policy) => {
      if (isForEveryCaller(policy)) return 'admitted';
      return isForPeople(policy) ? 401 : 'admitted';
    },
  },
  {
    name: 'a key with one scope',
    token: () => backend.accounts.apiKey(['orders:read']),
    expected: (policy) => {
      if (isForEveryCaller(policy) || policy === 'merchant' || policy === 'orders:read') return 'admitted';
      return isForPeople(policy) ? 401 : 403;
    },
  },
];

const cells = Object.entries(POLICIES).flatMap(([route, policy]) =>
  callers.map((caller) => [route, caller.name, policy, caller] as const),
);

it.each(cells)('%s by %s', async (route, _name, policy, { token, expected }) => {
  const [method, path] = route.split(' ') as ['GET', string];
  if (path === '/v1/drops/:dropId/live') return expect(policy).toBe('public');
  const bearer = token();
  const answer = await app.inject({
    method,
    url: path.replace(':dropId', DROP_ID).replace(/:\w+/, 'x1'),
    headers: bearer === undefined ? {} : { authorization: `Bearer ${bearer}` },
  });
  // Without a body or a cookie, some refuse what is public for another reason.
  const { code = '' } = String(answer.headers['content-type']).includes('problem')
    ? answer.json<{ code?: string }>()
    : {};
  // Of the sign-in, 403 is the answer to a foreign origin.
  const refusals = policy === 'sign-in' ? [401] : [401, 403];
  const wasSentAway = refusals.includes(answer.statusCode) && !isOpen(policy);
  expect([wasSentAway ? answer.statusCode : 'admitted', code]).toEqual([expected(policy), code]);
});
