import { parse } from 'pg-connection-string';
import { withLogin } from './logins';

describe('an address with another login', () => {
  it.each([
    'postgres://admin:secret@db.example:5433/shop',
    'postgres://db.example/shop?user=admin&password=secret',
    'postgres:///shop?host=/run/postgresql&user=admin&password=secret',
    'postgres:///shop?host=/run/postgresql',
  ])('has that login and no other: %s', (url) => {
    const other = withLogin(url, 'holdfast_app', 'a/b?c@d%');
    expect(parse(other)).toMatchObject({ user: 'holdfast_app', password: 'a/b?c@d%', database: 'shop' });
    expect(parse(other).host).toBe(parse(url).host);
    expect(other).not.toMatch(/admin|secret/);
  });
});
