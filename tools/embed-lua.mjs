#!/usr/bin/env node
// Embeds the `*.lua` of each folder of the apps and libs into a `lua.generated.ts` beside them, with one enum of their result codes.
// First it puts in the parts that several scripts share, and compares each script's file name, header and body (tools/lua/read-script.mjs).
// `--check` changes nothing and fails when a generated file does not match; a broken rule fails always. `--root <folder>` is for its tests.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { includeParts, joinCodes, readScript } from './lua/read-script.mjs';

const check = process.argv.includes('--check');
const rootAt = process.argv.indexOf('--root');
const root =
  rootAt > 0 ? resolve(process.argv[rootAt + 1]) : resolve(dirname(fileURLToPath(import.meta.url)), '..');

function luaFolders(dir) {
  const entries = readdirSync(dir, { withFileTypes: true });
  const inside = entries
    .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules')
    .flatMap((entry) => luaFolders(join(dir, entry.name)));
  return entries.some((entry) => entry.name.endsWith('.lua')) ? [dir, ...inside] : inside;
}

const PART = '.part.lua';

/** `admit-places-4` is `admitPlaces` in TypeScript. */
const camel = (name) => name.replace(/-\d+$/, '').replace(/-(\w)/g, (_, letter) => letter.toUpperCase());

function generate(scripts, codes) {
  const entries = scripts.map(
    ({ name, keys, text }) =>
      `  ${camel(name)}: { name: ${JSON.stringify(name)}, keys: ${keys}, text: ${JSON.stringify(text)} },\n`,
  );
  const members = Object.entries(codes).map(([name, value]) => `  ${name} = ${value},\n`);
  const enumText =
    members.length > 0
      ? `\n/** What the scripts answer. */\nexport enum LuaCode {\n${members.join('')}}\n`
      : '';
  return `// Made by tools/embed-lua.mjs from the .lua files of this folder. Do not edit.\nexport const lua = {\n${entries.join('')}} as const;\n${enumText}`;
}

let wrong = 0;
const complain = (line) => {
  wrong += 1;
  console.error(line);
};

for (const folder of ['apps', 'libs']
  .map((part) => join(root, part))
  .filter(existsSync)
  .flatMap(luaFolders)) {
  const where = relative(root, folder);
  const read = (file) => readFileSync(join(folder, file), 'utf8');
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.lua'))
    .sort();
  const isPart = (file) => file.endsWith(PART);
  const parts = new Map(files.filter(isPart).map((file) => [basename(file, PART), read(file)]));
  const unused = new Set(parts.keys());
  const scripts = files
    .filter((file) => !isPart(file))
    .map((file) => {
      const { text, included, problems } = includeParts(read(file), parts);
      included.forEach((name) => unused.delete(name));
      const script = readScript(basename(file, '.lua'), text);
      return { ...script, problems: [...problems, ...script.problems] };
    });
  for (const name of unused) complain(`${where}/${name}${PART}: no script includes it`);
  const { codes, problems } = joinCodes(scripts);
  for (const script of scripts)
    for (const problem of script.problems) complain(`${where}/${script.name}.lua: ${problem}`);
  for (const problem of problems) complain(`${where}: ${problem}`);
  const target = join(folder, 'lua.generated.ts');
  const wanted = generate(scripts, codes);
  if (existsSync(target) && readFileSync(target, 'utf8') === wanted) continue;
  if (check) complain(`${where}/lua.generated.ts does not match its .lua files: run npm run embed`);
  else writeFileSync(target, wanted);
}
process.exit(wrong > 0 ? 1 : 0);
