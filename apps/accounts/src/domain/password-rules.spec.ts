import * as fc from 'fast-check';
import { canonicalPassword, weaknessOf } from './password-rules';

it.each([
  ['', 'too-short'],
  ['elevenchars', 'too-short'],
  ['👩‍🚀'.repeat(3), 'too-short'],
  ['a'.repeat(257), 'too-long'],
  ['é'.repeat(256), null],
  ['🔑'.repeat(256), null],
  ['🔑'.repeat(257), 'too-long'],
  ['password1234', 'common'],
  ['PassWord1234', 'common'],
  ['123456789012', 'common'],
  ['qwertyqwerty', 'common'],
  ['constructor, indeed', null],
  ['twelve chars', null],
])('%s: %s', (password, weakness) => {
  expect(weaknessOf(password)).toBe(weakness);
});

it('counts characters, not halves of them', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }), { maxLength: 300 }),
      (characters) => {
        const length = [...characters.join('')].length;
        const weakness = weaknessOf(characters.join(''));
        expect(weakness === 'too-short').toBe(length < 12);
        expect(weakness === 'too-long').toBe(length > 256);
      },
    ),
  );
});

it('takes a megabyte in no time', () => {
  expect(weaknessOf('x'.repeat(1_000_000))).toBe('too-long');
});

it('is the same password on another keyboard', () => {
  expect(canonicalPassword('e\u0301')).toBe(canonicalPassword('\u00e9'));
});
