#!/usr/bin/env node
// Counts files and lines of production code by part: no tests, no generated files, no blank lines, no comments.
//   node tools/lines.mjs                        the commit that is checked out
//   node tools/lines.mjs 6f40bf4                another commit
//   node tools/lines.mjs HEAD --apart <regex>   files whose path matches are counted by themselves
import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import ts from 'typescript';

const OPTIONS = { apart: { type: /** @type {const} */ ('string') } };
const { values, positionals } = parseArgs({ options: OPTIONS, allowPositionals: true });
const [revision = 'HEAD'] = positionals;
const apart = values.apart === undefined ? null : new RegExp(String(values.apart));

const COUNTED = /^(apps|libs|tools|infra)\/.*\.(tsx?|[mc]?js|sql|lua)$/;
const LEFT_OUT =
  /\.generated\.|\.d\.ts$|\.spec\.ts$|\/testing\/|^tools\/(compose-check\/|(test|planted|check-types|lines)\.mjs|lib\/(planted-test|stop-at-red|missed-deadlines|chromium)|cluster\/record-events)/;

/** @param {string[]} args @param {string} [input] */
const git = (args, input) => execFileSync('git', args, { input, maxBuffer: 1 << 30 });

/** Lines on which a token of the language stands. @param {string} text @param {string} file */
function codeLines(text, file) {
  if (/\.(sql|lua)$/.test(file))
    return text.split('\n').filter((line) => /\S/.test(line.replace(/--.*/, ''))).length;
  const kind = file.endsWith('x')
    ? ts.ScriptKind.TSX
    : file.endsWith('ts')
      ? ts.ScriptKind.TS
      : ts.ScriptKind.JS;
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, kind);
  const lines = new Set();
  /** @param {ts.Node} node */
  const visit = (node) => {
    const parts = node.getChildren(source).filter((part) => !ts.isJSDoc(part));
    parts.forEach(visit);
    const [begin, end] = [node.getStart(source), node.getEnd()];
    if (parts.length > 0 || end <= begin) return;
    const last = source.getLineAndCharacterOfPosition(end).line;
    for (let line = source.getLineAndCharacterOfPosition(begin).line; line <= last; line += 1)
      lines.add(line);
  };
  visit(source);
  return lines.size;
}

/** @param {string} file */
function partOf(file) {
  if (apart?.test(file)) return 'apart';
  if (file.startsWith('apps/gateway/web/')) return 'apps/gateway/web';
  return file
    .split('/')
    .slice(0, /^(apps|libs)\//.test(file) ? 2 : 1)
    .join('/');
}

const listed = git(['ls-tree', '-r', '--name-only', revision]).toString().split('\n');
const files = listed.filter((file) => COUNTED.test(file) && !LEFT_OUT.test(file));
const blobs = git(['cat-file', '--batch'], files.map((file) => `${revision}:${file}`).join('\n'));
/** @type {Record<string, { files: number, lines: number }>} */
const parts = {};
let at = 0;
for (const file of files) {
  const begin = blobs.indexOf('\n', at) + 1;
  const size = Number(blobs.subarray(at, begin).toString().trim().split(' ')[2]);
  at = begin + size + 1;
  const lines = codeLines(blobs.subarray(begin, begin + size).toString(), file);
  for (const part of [partOf(file), 'all']) {
    parts[part] ??= { files: 0, lines: 0 };
    parts[part].files += 1;
    parts[part].lines += lines;
  }
}
console.table(Object.fromEntries(Object.entries(parts).sort(([a], [b]) => a.localeCompare(b))));
