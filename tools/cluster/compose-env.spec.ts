import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

describe('the settings and secrets of the containers', () => {
  const root = mkdtempSync(join(tmpdir(), 'holdfast-env-'));
  const file = join(root, '.env');
  const make = () =>
    execFileSync(process.execPath, [join(root, 'tools/cluster/compose-env.mjs')], { stdio: 'pipe' });
  beforeAll(() =>
    cpSync(join(__dirname, 'compose-env.mjs'), join(root, 'tools/cluster/compose-env.mjs'), {
      recursive: true,
    }),
  );
  afterAll(() => rmSync(root, { recursive: true }));

  it('are for their owner alone, also where somebody had made one', () => {
    writeFileSync(file, 'PORT=80\nHOLDFAST_SERVICE_KEY=mine', { mode: 0o644 });
    make();
    const text = readFileSync(file, 'utf8');
    expect(text).toMatch(/^PORT=80\nHOLDFAST_SERVICE_KEY=mine\n/);
    expect(text).toMatch(/^HOLDFAST_POSTGRES_PASSWORD=[0-9a-f]{48}$/m);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    make();
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it('are files that a container can read, in a folder that nobody else can enter', () => {
    make();
    const folder = join(root, '.secrets');
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o644);
    expect(readFileSync(join(folder, 'service-key'), 'utf8')).toBe('mine\n');
  });

  it('are made anew from a password that was changed, whichever letters it has', () => {
    const set = (name: string, value: string) =>
      writeFileSync(
        file,
        readFileSync(file, 'utf8').replace(new RegExp(`^${name}=.*$`, 'm'), () => `${name}=${value}`),
      );
    set('HOLDFAST_POSTGRES_PASSWORD', 'a/b@c');
    set('HOLDFAST_KAFKA_PASSWORD', 'a"b\\c');
    make();
    const text = (name: string) => readFileSync(join(root, '.secrets', name), 'utf8');
    expect(new URL(text('admin-database-url').trim()).password).toBe(encodeURIComponent('a/b@c'));
    expect(text('kafka-jaas')).toContain('user_holdfast="a\\"b\\\\c";');
    expect(text('kafka-password')).toBe('a"b\\c\n');
  });
});
