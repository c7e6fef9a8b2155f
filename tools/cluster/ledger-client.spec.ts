import { resolve } from 'node:path';
import { scramVerifier } from '../../libs/postgres/src/scram';
import { SESSION_SETTINGS } from '../../libs/postgres/src/session';
import { loadModule } from './load-module';

describe('what the plain tools say again', () => {
  it('sets in every connection what the product sets', () => {
    const { SETTINGS } = loadModule<{ SETTINGS: Record<string, string> }>(
      resolve(__dirname, 'ledger-client.mjs'),
    );
    for (const [name, value] of Object.entries(SETTINGS))
      expect(SESSION_SETTINGS).toHaveProperty([name], value);
  });

  it('keeps a password as the product keeps it', () => {
    const login = loadModule<{ scramVerifier: typeof scramVerifier }>(
      resolve(__dirname, '../../infra/debezium/login.mjs'),
    );
    const salt = Buffer.from('sixteen bytes ..');
    expect(scramVerifier('pässword ﬁx', salt)).toBe(login.scramVerifier('pässword ﬁx', salt));
  });
});
