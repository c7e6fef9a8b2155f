import { Argon2Passwords } from './argon2-passwords';

const passwords = new Argon2Passwords();

it('knows a password again, and no other', async () => {
  const stored = await passwords.hash('correct horse battery');
  expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(await passwords.verify(stored, 'correct horse battery')).toBe(true);
  expect(await passwords.verify(stored, 'Correct horse battery')).toBe(false);
  expect(await passwords.verify(null, 'correct horse battery')).toBe(false);
});

it('does not mind how a keyboard composes letters', async () => {
  const stored = await passwords.hash('caf\u00e9 au lait, grand');
  expect(await passwords.verify(stored, 'cafe\u0301 au lait, grand')).toBe(true);
});

it('never gives two people the same hash', async () => {
  expect(await passwords.hash('correct horse battery')).not.toBe(
    await passwords.hash('correct horse battery'),
  );
});
