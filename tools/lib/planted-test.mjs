// What the words for Jest of a planted bug name: `--check` says whether there is such a test.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

const FOLDERS = ['apps', 'libs', 'tools', 'test'];
/** @param {string | string[]} test  A list where a word holds quotes. */
export const wordsOf = (test) =>
  Array.isArray(test) ? test : (test.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replace(/^"|"$/g, ''));

/** @param {string[]} words */
export function parseWords(words) {
  const { values, positionals } = parseArgs({
    args: words,
    options: {
      selectProjects: { type: 'string', default: '' },
      testPathPatterns: { type: 'string', default: '' },
      testTimeout: { type: 'string' },
      title: { type: 'string', short: 't', default: '' },
    },
    allowPositionals: true,
  });
  const { selectProjects: tier, testPathPatterns: path, title } = values;
  return { tier, title, paths: [...positionals, path].filter(Boolean) };
}

/** @param {string} root */
export const specsOf = (root) =>
  FOLDERS.filter((folder) => existsSync(join(root, folder))).flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .map((file) => `${folder}/${file}`)
      .filter((file) => file.endsWith('.spec.ts') && !file.includes('node_modules')),
  );

/**
 * Null, or why no test would run. A title is looked for as text, in the specs and in what they import: where a part of it comes from a table,
 * write `.*` at that part's ends.
 * @param {string} root
 * @param {string[]} specs
 * @param {string[]} words
 */
export function whyNoTest(root, specs, words) {
  const { tier, title, paths } = parseWords(words);
  if (tier === '') return 'its test names no tier: --selectProjects';
  if (paths.length === 0) return 'its test names no file';
  const ofTier = specs.filter((spec) => isOf(tier, spec));
  const found = paths.map((path) => ofTier.filter((spec) => new RegExp(path).test(`/${spec}`)));
  const empty = paths.find((_, i) => found[i]?.length === 0);
  if (empty !== undefined) return `no test file of ${tier} is called ${empty}`;
  const texts = found.flat().map((spec) => textOf(join(root, spec)));
  const parts = title.split('.*');
  if (texts.some((text) => parts.every((part) => text.includes(part)))) return null;
  return `no test of ${paths.join(', ')} is called "${title}"`;
}

const isOf = (tier, spec) => (tier === 'unit' ? !spec.startsWith('test/') : spec.startsWith(`test/${tier}/`));

/** With the local files that it imports: a contract's titles are there. */
function textOf(spec) {
  const text = readFileSync(spec, 'utf8');
  const imported = [...text.matchAll(/from '(\.[^']*)'/g)]
    .map(([, path]) => join(dirname(spec), `${path}.ts`))
    .filter((path) => existsSync(path));
  return [text, ...imported.map((path) => readFileSync(path, 'utf8'))].join('\n');
}
