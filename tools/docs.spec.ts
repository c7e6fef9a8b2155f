import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(__dirname, '..');
const files = ['apps', 'libs', 'infra', 'tools', 'docs'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((path) => `/${folder}/${path}`)
    .filter((path) => !/\/(node_modules|dist)\//.test(path)),
);
const read = (file: string) => readFileSync(join(root, file), 'utf8');

/** The text below a heading, up to the next one of the same depth. */
function section(text: string, heading: string): string {
  const from = text.indexOf(`\n## ${heading}`);
  expect(from).toBeGreaterThan(-1);
  const end = text.indexOf('\n## ', from + 1);
  return text.slice(from, end < 0 ? undefined : end);
}

const quoted = (text: string) => [...text.matchAll(/`([^`\s]+)`/g)].map(([, path]) => path!);

describe('documents for readers of the code', () => {
  it.each([
    ['docs/architecture.md', 'A walk: placing a hold', 50],
    ['docs/architecture.md', 'Shutdown', 10],
    ['docs/services.md', 'Rate limits', 5],
    ['CONTRIBUTING.md', 'To change', 30],
  ])('%s, "%s": each file that it names exists', (file, heading, least) => {
    const named = quoted(section(read(file), heading)).filter((path) =>
      /\.(ts|sql|conf|yml|mjs)$/.test(path),
    );
    expect(named.length).toBeGreaterThanOrEqual(least);
    const missing = named.filter((path) => !files.some((it) => it.endsWith(`/${path}`)) && !isFile(path));
    expect(missing).toEqual([]);
  });

  it('CONTRIBUTING.md: each folder and file with a path exists', () => {
    const paths = quoted(read('CONTRIBUTING.md')).filter((path) =>
      /^(apps|libs|infra|tools|test|docs)\/[^*]+$/.test(path),
    );
    expect(paths.filter((path) => !isThere(path))).toEqual([]);
  });

  it('CONTRIBUTING.md: a file named after a folder is in that folder', () => {
    for (const row of section(read('CONTRIBUTING.md'), 'To change').split('\n')) {
      let folder = '';
      for (const path of quoted(row)) {
        if (path.endsWith('/')) folder = path;
        else if (folder && /^[^/]+\.(ts|sql)$/.test(path))
          expect(isFile(folder + path) ? '' : folder + path).toBe('');
      }
    }
  });
});

function isFile(path: string): boolean {
  return statSync(join(root, path), { throwIfNoEntry: false })?.isFile() ?? false;
}

function isThere(path: string): boolean {
  return statSync(join(root, path), { throwIfNoEntry: false }) !== undefined;
}
