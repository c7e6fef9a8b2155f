#!/usr/bin/env node
// Embeds every `sql/*.sql` of the apps into a `sql.generated.ts` beside them: SQL is reviewed as SQL and travels with the build.
// `--check` changes nothing and fails when a generated file does not match.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const check = process.argv.includes('--check');

function sqlFolders(dir) {
  return readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules')
    .flatMap((entry) => (entry.name === 'sql' ? [join(dir, 'sql')] : sqlFolders(join(dir, entry.name))));
}

const camel = (name) => name.replace(/[-_](\w)/g, (_, letter) => letter.toUpperCase());

let stale = 0;
for (const folder of ['apps', 'libs'].flatMap((part) => sqlFolders(join(root, part)))) {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort();
  const entries = files.map((file) => {
    const text = readFileSync(join(folder, file), 'utf8');
    if (!text.startsWith('--'))
      throw new Error(`${join(folder, file)}: the first line must say what the statement does`);
    const name = basename(file, '.sql');
    return `  ${camel(name)}: { name: ${JSON.stringify(name)}, text: ${JSON.stringify(text)} },\n`;
  });
  const wanted = `// Made by tools/embed-sql.mjs from the .sql files of this folder. Do not edit.\nexport const sql = {\n${entries.join('')}} as const;\n`;
  const target = join(folder, 'sql.generated.ts');
  if (existsSync(target) && readFileSync(target, 'utf8') === wanted) continue;
  stale += 1;
  if (check) console.error(`${target} does not match its .sql files: run npm run embed`);
  else writeFileSync(target, wanted);
}
process.exit(check && stale > 0 ? 1 : 0);
