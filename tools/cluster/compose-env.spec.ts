import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

describe('the .env of the containers', () => {
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

  it('is for its owner alone, also where somebody had made one', () => {
    writeFileSync(file, 'PORT=80\nHOLDFAST_SERVICE_KEY=mine', { mode: 0o644 });
    make();
    const text = readFileSync(file, 'utf8');
    expect(text).toMatch(/^PORT=80\nHOLDFAST_SERVICE_KEY=mine\n/);
    expect(text).toMatch(/^HOLDFAST_POSTGRES_PASSWORD=[0-9a-f]{48}$/m);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    make();
    expect(readFileSync(file, 'utf8')).toBe(text);
  });
});
