import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';

const ROOT = resolve(__dirname, '../../..');
type Manifest = Record<
  string,
  { file: string; isEntry?: boolean; imports?: string[]; dynamicImports?: string[] }
>;

const SCRIPT_BYTES_MAX = 60 * 1024; // gzip; a phone on a slow line has it in a second

describe('the built pages', () => {
  const out = mkdtempSync(join(tmpdir(), 'holdfast-web-'));
  const read = (file: string) => readFileSync(join(out, file));
  const files = () => readdirSync(out, { recursive: true }) as string[];

  beforeAll(() => {
    const vite = join(ROOT, 'node_modules/vite/bin/vite.js');
    const config = join(__dirname, 'vite.config.ts');
    const args = [
      'build',
      '-c',
      config,
      '--outDir',
      out,
      '--emptyOutDir',
      '--manifest',
      '--logLevel',
      'error',
    ];
    execFileSync(process.execPath, [vite, ...args], { cwd: ROOT, stdio: 'pipe' });
  });

  afterAll(() => rmSync(out, { recursive: true, force: true }));

  /** The scripts that the browser has when this part of the pages is shown, the loaded-when-needed ones of other parts not included. */
  function scriptsOf(manifest: Manifest, part: string, seen = new Set<string>()): Set<string> {
    const chunk = manifest[part]!;
    if (seen.has(chunk.file)) return seen;
    seen.add(chunk.file);
    for (const other of chunk.imports ?? []) scriptsOf(manifest, other, seen);
    return seen;
  }

  it(`have at most ${SCRIPT_BYTES_MAX} bytes of script (gzip), whichever view is shown`, () => {
    const manifest = JSON.parse(read('.vite/manifest.json').toString()) as Manifest;
    const entries = Object.keys(manifest).filter((part) => manifest[part]!.isEntry);
    expect(entries.sort()).toEqual(['admin.html', 'index.html']);
    for (const entry of entries)
      for (const view of [entry, ...(manifest[entry]!.dynamicImports ?? [])]) {
        // With all that the view itself loads when it is needed; of runbooks one is shown at a time.
        const scripts = scriptsOf(manifest, view, scriptsOf(manifest, entry));
        const later = view === entry ? [] : (manifest[view]!.dynamicImports ?? []);
        for (const part of later.filter((it) => !it.endsWith('.md'))) scriptsOf(manifest, part, scripts);
        const bytes = [...scripts].reduce((sum, file) => sum + gzipSync(read(file)).length, 0);
        expect({ view, fits: bytes <= SCRIPT_BYTES_MAX, bytes }).toMatchObject({ fits: true });
      }
  });

  it('have no script or style in the page itself, and load nothing from elsewhere', () => {
    const pages = ['index.html', 'admin.html'].map((page) => read(page).toString());
    for (const html of pages) {
      expect(html).not.toMatch(/<script(?![^>]*\ssrc=)/);
      expect(html).not.toMatch(/<style|\sstyle=|\son\w+=/);
    }
    const sheets = files().filter((file) => file.endsWith('.css'));
    for (const text of [...pages, ...sheets.map((file) => read(file).toString())]) {
      expect(text).not.toMatch(/(src|href)="(https?:)?\/\/|url\(["']?(https?:)?\/\//);
    }
  });

  it('bring the picture of the demo drop and the icon', () => {
    expect(files()).toEqual(expect.arrayContaining(['favicon.svg', join('images', 'demo-drop.svg')]));
  });
});
