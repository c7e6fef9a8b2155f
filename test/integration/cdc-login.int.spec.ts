import { createHash, createHmac } from 'node:crypto';
import { openLogins, usualLogins } from '@holdfast/postgres';
import { Client } from 'pg';
import { scramVerifier } from '../../libs/postgres/src/scram';
import { createLedger, type TestLedger } from '../support/database';
import { onDatabase } from '../support/drops';
import { makeStreamLogin } from '../support/stream-login';

const USER = `holdfast_connect_test_${process.pid}`;
const LIMITED = `holdfast_limited_test_${process.pid}`;

let ledger: TestLedger;
beforeAll(async () => (ledger = await createLedger('cdc_login')));
afterAll(async () => {
  await onDatabase(ledger.url, (client) =>
    client.query(`DROP ROLE IF EXISTS ${USER}; DROP ROLE IF EXISTS ${LIMITED}`),
  );
  await ledger.drop();
});

const urlOf = (user: string, password: string) => {
  const url = new URL(ledger.url);
  [url.username, url.password] = [user, encodeURIComponent(password)];
  return url.href;
};

describe('the login with which Debezium reads', () => {
  it('is made as in the example of RFC 7677: both sides of that exchange agree with it', () => {
    const salt = 'W22ZaJ0SNY7soEsUEjb6gQ==';
    const nonce = 'rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0';
    const exchange = `n=user,r=rOprNGfwEbeRWgbNEkqO,r=${nonce},s=${salt},i=4096,c=biws,r=${nonce}`;
    const verifier = scramVerifier('pencil', Buffer.from(salt, 'base64'));
    const [, stored, server] = /^SCRAM-SHA-256\$4096:W22ZaJ0SNY7soEsUEjb6gQ==\$(\S{44}):(\S{44})$/.exec(
      verifier,
    )!;
    const hmac = (key: string) => createHmac('sha256', Buffer.from(key, 'base64')).update(exchange).digest();
    expect(hmac(server!).toString('base64')).toBe('6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=');
    const proof = Buffer.from('dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=', 'base64');
    const signature = hmac(stored!);
    const clientKey = proof.map((byte, i) => byte ^ signature[i]!);
    expect(createHash('sha256').update(clientKey).digest('base64')).toBe(stored);
  });

  it('opens with its password, also a changed one, and no statement holds that', async () => {
    const query = jest.spyOn(Client.prototype, 'query');
    for (const password of ['first-of-the-passwords', 'änderung-ﬁx']) {
      query.mockClear();
      await makeStreamLogin(ledger.url, { name: USER, password });
      const sent = query.mock.calls.map(([text]) => String(text));
      expect(sent.some((text) => text.includes('ROLE'))).toBe(true);
      expect(sent.filter((text) => text.includes(password))).toEqual([]);
      const rows = await onDatabase(urlOf(USER, password), (client) =>
        client.query('SELECT current_user AS who'),
      );
      expect(rows.rows).toEqual([{ who: USER }]);
    }
    query.mockRestore();
    await expect(
      onDatabase(urlOf(USER, 'first-of-the-passwords'), (client) => client.query('SELECT 1')),
    ).rejects.toThrow('password authentication failed');
  });

  it('is refused in plain words where the own login may not make one', async () => {
    await onDatabase(ledger.url, (client) =>
      client.query(`CREATE ROLE ${LIMITED} LOGIN CREATEROLE PASSWORD 'x'`),
    );
    const word = 'never-shown';
    const passwords = { inventory: word, checkout: word, accounts: word, stream: word, operator: word };
    const logins = usualLogins(passwords, `_${process.pid}`);
    const refused = openLogins(urlOf(LIMITED, 'x'), logins);
    await expect(refused).rejects.toThrow('takes CREATEROLE and REPLICATION');
    await expect(refused).rejects.toThrow(LIMITED);
    await expect(refused).rejects.not.toThrow('never-shown');
  });
});
