import fs, { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSecrets } from './secrets';

describe('the secrets of a data folder', () => {
  let folder: string;
  const file = () => join(folder, 'secrets.json');
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'holdfast-secrets-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('are created once, readable by the owner only', () => {
    const first = loadSecrets(folder);
    expect(loadSecrets(folder)).toEqual(first);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(new Set(Object.values(first).map(String)).size).toBe(Object.keys(first).length);
  });

  it('are flushed before the rename: a power failure leaves the old file or the new one', () => {
    const write = jest.spyOn(fs, 'writeFileSync');
    loadSecrets(folder);
    expect(write).toHaveBeenCalledWith(
      `${file()}.new`,
      expect.any(String),
      expect.objectContaining({ flush: true }),
    );
    write.mockRestore();
  });

  it('of an older version are completed, and existing ones kept', () => {
    const old = {
      sessionKey: 's'.repeat(43),
      operatorKey: 'o'.repeat(43),
      sandboxWebhookSecrets: ['w'.repeat(43)],
      databasePassword: 'p'.repeat(43),
    };
    writeFileSync(file(), JSON.stringify(old));
    const whole = loadSecrets(folder);
    expect(whole).toMatchObject(old);
    expect(whole.serviceKey.length).toBeGreaterThan(31);
    expect(loadSecrets(folder)).toEqual(whole);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(existsSync(`${file()}.new`)).toBe(false);
  });

  it.each(['{"sessionKey":"cut', '{"sessionKey":"short"}', 'null and void'])(
    'that are damaged (%s) stay as they are',
    (text) => {
      writeFileSync(file(), text);
      expect(() => loadSecrets(folder)).toThrow();
      expect(readFileSync(file(), 'utf8')).toBe(text);
    },
  );

  it('keep entries of a later version', () => {
    const all = { ...loadSecrets(folder), laterKey: 'l' };
    const { cdcPassword, ...old } = all;
    expect(cdcPassword).toBeDefined();
    writeFileSync(file(), JSON.stringify(old));
    loadSecrets(folder);
    expect(JSON.parse(readFileSync(file(), 'utf8'))).toMatchObject({ laterKey: 'l' });
  });
});
