import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';

const ROOT = resolve(__dirname, '../../..');
const SCRIPT_BYTES_MAX = 60 * 1024; // gzip; a phone on a slow line has it in a second

describe('the built pages', () => {
  const out = mkdtempSync(join(tmpdir(), 'holdfast-web-'));
  const read = (file: string) => readFileSync(join(out, file));
  const files = () => readdirSync(out, { recursive: true }) as string[];

  beforeAll(() => {
    const vite = join(ROOT, 'node_modules/vite/bin/vite.js');
    const config = join(__dirname, 'vite.config.ts');
    const args = ['build', '-c', config, '--outDir', out, '--emptyOutDir', '--logLevel', 'error'];
    execFileSync(process.execPath, [vite, ...args], { cwd: ROOT, stdio: 'pipe' });
  });

  afterAll(() => rmSync(out, { recursive: true, force: true }));

  it(`have at most ${SCRIPT_BYTES_MAX} bytes of script (gzip)`, () => {
    const scripts = files().filter((file) => file.endsWith('.js'));
    expect(scripts.length).toBeGreaterThan(0);
    const bytes = scripts.reduce((sum, file) => sum + gzipSync(read(file)).length, 0);
    expect(bytes).toBeLessThanOrEqual(SCRIPT_BYTES_MAX);
  });

  it('have no script or style in the page itself, and load nothing from elsewhere', () => {
    const html = read('index.html').toString();
    expect(html).not.toMatch(/<script(?![^>]*\ssrc=)/);
    expect(html).not.toMatch(/<style|\sstyle=|\son\w+=/);
    const sheets = files().filter((file) => file.endsWith('.css'));
    for (const text of [html, ...sheets.map((file) => read(file).toString())]) {
      expect(text).not.toMatch(/(src|href)="(https?:)?\/\/|url\(["']?(https?:)?\/\//);
    }
  });

  it('bring the picture of the demo drop and the icon', () => {
    expect(files()).toEqual(expect.arrayContaining(['favicon.svg', join('images', 'demo-drop.svg')]));
  });
});
