import fc from 'fast-check';
import { orderInput } from './inputs';

/** https://html.spec.whatwg.org/multipage/input.html#valid-e-mail-address, as it stands there. */
const WHATWG = new RegExp(
  "^[a-zA-Z0-9.!#$%&'*+\\/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$",
);
const LENGTH_MAX = 254;

const refusalOf = (email: string) => {
  const order = { holdId: 'd1234567-h1', payment: { method: 'card', token: 'tok_ok' }, email };
  const read = orderInput.safeParse(order);
  if (read.success) return null;
  return read.error.issues.map((issue) => ({ at: issue.path.join('/'), message: issue.message }));
};
const isTaken = (email: string) => refusalOf(email) === null;

describe('the email of an order', () => {
  it.each([
    "o'brien@example.ie",
    'a@b',
    'ann@localhost',
    '.ann.@example.org',
    'ann..b@example.org',
    'ann+drops@example.org',
    '!#$%&*/=?^_`{|}~-@example.org',
    'info@xn--mller-kva.de',
    'ann@1.2.3.4',
    'ann@example.x',
    `${'a'.repeat(242)}@example.org`,
  ])('takes %s, as a browser does', (email) => expect(isTaken(email)).toBe(true));

  it.each([
    '',
    'ann',
    'ann@',
    '@example.org',
    'ann@@example.org',
    'ann@-example.org',
    'ann@example-.org',
    'ann@example..org',
    'ann@example.org.',
    'ann b@example.org',
    'ann@example.org\n',
    'änn@example.org',
    `ann@${'a'.repeat(64)}.org`,
    `${'a'.repeat(243)}@example.org`,
  ])('refuses %j with words at its place', (email) => {
    for (const { at, message } of refusalOf(email) ?? []) {
      expect(at).toBe('email');
      expect(message).toMatch(/^must (be an email address, such as|have at most 254 characters)/);
    }
    expect(isTaken(email)).toBe(false);
  });

  const characters = fc.constantFrom(...'abZ09.@-+_\'"!#é ü\\()<>,;:/', '..', '@@', '-.', '.-');
  const local = fc.string({ unit: fc.constantFrom(..."aZ9.!#$%&'*+/=?^_`{|}~-") });
  const label = fc.string({ unit: fc.constantFrom('a', 'Z', '9', '-'), maxLength: 70 });
  const near = fc.tuple(local, fc.array(label, { maxLength: 6 })).map(([a, b]) => `${a}@${b.join('.')}`);

  it('is what the expression of the HTML standard takes, up to 254 characters', () => {
    fc.assert(
      fc.property(fc.oneof(near, fc.string({ unit: characters }), fc.string()), (email) => {
        expect(isTaken(email)).toBe(WHATWG.test(email) && email.length <= LENGTH_MAX);
      }),
      { numRuns: 3_000 },
    );
  });
});
