import { withLogin } from './logins';
import { SessionClient, sessionConfig } from './session';

/** Where a connection goes, and as whom. */
function read(url: string) {
  const { user, password, host, database } = new SessionClient(sessionConfig({ url, name: 'test' }));
  return { user, password, host, database };
}

describe('an address with another login', () => {
  it.each([
    'postgres://admin:secret@db.example:5433/shop',
    'postgres://db.example/shop?user=admin&password=secret',
    'postgres:///shop?host=/run/postgresql&user=admin&password=secret',
    'postgres:///shop?host=/run/postgresql',
  ])('has that login and no other: %s', (url) => {
    const other = withLogin(url, 'holdfast_app', 'a/b?c@d%');
    expect(read(other)).toEqual({ ...read(url), user: 'holdfast_app', password: 'a/b?c@d%' });
    expect(other).not.toMatch(/admin|secret/);
  });
});
