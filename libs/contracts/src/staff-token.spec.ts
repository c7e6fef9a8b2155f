import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { signStaffToken, type StaffClaims, StaffTokenReader, tokenKeyOf } from './staff-token';

const NOW_MS = 1_790_000_000_000;
const NOW = NOW_MS / 1000;
const { privateKey } = generateKeyPairSync('ed25519');
const { privateKey: foreign } = generateKeyPairSync('ed25519');
const key = tokenKeyOf(privateKey);
const reader = new StaffTokenReader([key]);
const CLAIMS: StaffClaims = {
  staffId: 'stf_1',
  merchantId: 'mer_1',
  sessionId: 'ses_1',
  email: 'owner@holdfast.test',
  role: 'staff',
  mfa: true,
  steppedUp: false,
  issuedAt: NOW,
  expiresAt: NOW + 600,
  id: 'jti1',
};
const token = signStaffToken(CLAIMS, { keyId: key.keyId, privateKey });
const read = (text: string, nowMs = NOW_MS) => reader.read(text, nowMs);

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const partOf = (index: number) =>
  JSON.parse(Buffer.from(token.split('.')[index]!, 'base64url').toString()) as Record<string, unknown>;

/** The good token with some of its header and claims changed, signed by the right key or another. */
function forge(head: object, body: object, by: KeyObject = privateKey): string {
  const text = `${encode({ ...partOf(0), ...head })}.${encode({ ...partOf(1), ...body })}`;
  return `${text}.${sign(null, Buffer.from(text), by).toString('base64url')}`;
}

it('reads what it signed, stepped up or not', () => {
  expect(read(token)).toEqual(CLAIMS);
  const stepped = { ...CLAIMS, steppedUp: true };
  expect(read(signStaffToken(stepped, { keyId: key.keyId, privateKey }))).toEqual(stepped);
});

it('gives the same key the same name', () => {
  expect(tokenKeyOf(privateKey)).toEqual(key);
  expect(tokenKeyOf(foreign).keyId).not.toBe(key.keyId);
});

it('ends with its time', () => {
  expect(read(token, NOW_MS + 599_000)).not.toBeNull();
  expect(read(token, NOW_MS + 600_000)).toBeNull();
});

describe('refuses', () => {
  const hmac = (text: string) => createHmac('sha256', key.publicKey).update(text).digest('base64url');
  const none = `${encode({ alg: 'none', typ: 'staff+jwt', kid: key.keyId })}.${token.split('.')[1]}`;
  const hs = `${encode({ alg: 'HS256', typ: 'staff+jwt', kid: key.keyId })}.${token.split('.')[1]}`;
  it.each([
    ['nothing', ''],
    ['no token', 'abc'],
    ['two parts', token.split('.').slice(0, 2).join('.')],
    ['four parts', `${token}.x`],
    ['a signature of another key', forge({}, {}, foreign)],
    ['an unknown key', forge({ kid: 'other' }, {})],
    ['a key without a name', forge({ kid: undefined }, {})],
    ['a name that is a property', forge({ kid: 'constructor' }, {})],
    ['no algorithm', `${none}.`],
    ['no algorithm with a signature', `${none}.${token.split('.')[2]}`],
    ['the public key as a shared secret', `${hs}.${hmac(hs)}`],
    ['another type', forge({ typ: 'JWT' }, {})],
    ['no type', forge({ typ: undefined }, {})],
    ['a critical extension', forge({ crit: ['b64'], b64: false }, {})],
    ['a key of its own', forge({ jwk: { kty: 'OKP' } }, {})],
    ["a shopper's audience", forge({}, { aud: 'shopper' })],
    ['a list of audiences', forge({}, { aud: ['staff', 'shopper'] })],
    ['another issuer', forge({}, { iss: 'elsewhere' })],
    ['no end', forge({}, { exp: undefined })],
    ['an end that is text', forge({}, { exp: String(NOW + 600) })],
    ['no begin', forge({}, { iat: undefined })],
    ['no person', forge({}, { sub: undefined })],
    ['no merchant', forge({}, { mer: undefined })],
    ['a list of merchants', forge({}, { mer: ['mer_1', 'mer_2'] })],
    ['no session', forge({}, { ses: undefined })],
    ['no id', forge({}, { jti: undefined })],
    ['an unknown role', forge({}, { role: 'root' })],
    ['an unknown step', forge({}, { acr: 'gold' })],
    ['claims that are a list', `${token.split('.')[0]}.${encode([])}.${token.split('.')[2]}`],
    ['a signature with a tail', `${token}=`],
    ['blanks around it', ` ${token}`],
    ['a megabyte', 'x'.repeat(1_000_000)],
  ])('%s', (_, text) => {
    expect(read(text)).toBeNull();
  });

  it('any other bits of the signature', () => {
    const [head, body, signature] = token.split('.');
    for (let at = 0; at < signature!.length; at += 7) {
      const changed = signature![at] === 'A' ? 'B' : 'A';
      expect(
        read(`${head}.${body}.${signature!.slice(0, at)}${changed}${signature!.slice(at + 1)}`),
      ).toBeNull();
    }
  });
});
