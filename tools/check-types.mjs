#!/usr/bin/env node
// Types and lint of the sources. Both need the same programs of the compiler, so they are made and checked once for the two.
//   node tools/check-types.mjs            all
//   node tools/check-types.mjs services   one part; two parts may run at once
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';
import ts from 'typescript';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/** What the part `services` leaves to the part `rest`, so that between them no file is left out. */
const APART = ['apps/gateway/web/**', 'clients/**', 'k6/**', '**/*.{js,mjs,cjs}'];
/** @type {Record<string, { projects: string[], lint: string[], but: string[] }>} */
const PARTS = {
  services: { projects: ['tsconfig.json'], lint: ['.'], but: APART },
  rest: {
    projects: [
      'apps/gateway/web/tsconfig.json',
      'clients/typescript/tsconfig.json',
      'k6/tsconfig.json',
      'tools/tsconfig.json',
    ],
    lint: APART,
    but: [],
  },
};

/** @type {ts.FormatDiagnosticsHost} */
const names = {
  getCurrentDirectory: () => root,
  getCanonicalFileName: (file) => file,
  getNewLine: () => '\n',
};

/** @param {string} project path of a tsconfig.json */
function programOf(project) {
  const fail = (/** @type {ts.Diagnostic} */ fault) => {
    throw new Error(ts.formatDiagnostic(fault, names));
  };
  const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: fail };
  const config = ts.getParsedCommandLineOfConfigFile(join(root, project), undefined, host);
  if (!config) throw new Error(`${project} cannot be read`);
  for (const fault of config.errors) fail(fault);
  return ts.createProgram({ rootNames: config.fileNames, options: config.options });
}

/** Prints what is wrong. @param {string} part @returns {Promise<boolean>} whether nothing is */
async function check(part) {
  const found = PARTS[part];
  if (!found) throw new Error(`unknown part: ${part}. There are: ${Object.keys(PARTS).join(', ')}`);
  const programs = found.projects.map(programOf);
  const faults = programs.flatMap((program) => [...ts.getPreEmitDiagnostics(program)]);
  if (faults.length > 0) console.log(ts.formatDiagnostics(faults, names));
  const eslint = new ESLint({
    cwd: root,
    ignorePatterns: found.but,
    overrideConfig: {
      files: ['**/*.ts', '**/*.tsx'],
      languageOptions: { parserOptions: { projectService: false, programs } },
    },
  });
  const results = await eslint.lintFiles(found.lint);
  const said = await (await eslint.loadFormatter('stylish')).format(results);
  if (said) console.log(said);
  return (
    faults.length === 0 && results.every(({ errorCount, warningCount }) => errorCount + warningCount === 0)
  );
}

let ok = true;
const wanted = process.argv.slice(2);
for (const part of wanted.length > 0 ? wanted : Object.keys(PARTS)) ok = (await check(part)) && ok;
process.exitCode = ok ? 0 : 1;
