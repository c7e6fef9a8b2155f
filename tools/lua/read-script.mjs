// Reads one Redis script and judges it by the rules of this repository: its header is a contract, and the body keeps it.
// The rules are explained where they are broken: each problem says what to change.

const FILE_NAME = /^[a-z]+(?:-[a-z]+)+-(\d+)$/;
/** @type {[RegExp, string][]} */
const FORBIDDEN = [
  [/'TIME'/i, 'the time comes as an argument: replicas and tests could not agree on the clock of the server'],
  [/'(KEYS|SCAN)'/i, 'a script names its keys; it never looks for them'],
  [/\bmath\.random/, 'chance comes as an argument'],
  [/'(EVAL|EVALSHA)'/i, 'a script does not run others'],
];

/**
 * @typedef {object} Header
 * @property {string[]} purpose
 * @property {Map<number, string>} keys names by index
 * @property {Map<number, string>} args
 * @property {number | null} list the argument from which on the rest is a list
 * @property {string | null} result
 * @property {string[] | null} codes
 * @property {number} end the first line after it
 */

/** Splits the comment block at the top into its parts. @param {string[]} lines */
function readHeader(lines) {
  /** @type {Header} */
  const header = {
    purpose: [],
    keys: new Map(),
    args: new Map(),
    list: null,
    result: null,
    codes: null,
    end: 0,
  };
  for (; lines[header.end]?.startsWith('--'); header.end += 1) {
    const line = lines[header.end];
    const slot = /^-- (KEYS|ARGV)\[(\d+)(\.\.)?\] (\w+): \S/.exec(line);
    const result = /^-- Result: (\S.*)/.exec(line);
    const codes = /^-- Codes: (\S.*)/.exec(line);
    if (slot) {
      const [, kind, index, rest, name] = slot;
      (kind === 'KEYS' ? header.keys : header.args).set(Number(index), name);
      if (rest && kind === 'ARGV') header.list = Number(index);
    } else if (result) header.result = result[1];
    else if (codes) header.codes = codes[1].split(/\s+/);
    else if (header.keys.size === 0 && header.args.size === 0) header.purpose.push(line.slice(2).trim());
  }
  return header;
}

/** The first lines of code give names to keys and arguments: `local gate, customers = KEYS[1], KEYS[2]`. */
function readAliases(lines, from) {
  const aliases = { KEYS: new Map(), ARGV: new Map(), end: from };
  for (; aliases.end < lines.length; aliases.end += 1) {
    const line = lines[aliases.end];
    if (line.trim() === '') continue;
    const found = /^local ([\w, ]+) = (.+)$/.exec(line);
    const values = found?.[2].split(/,\s*/) ?? [];
    const slots = values.map((value) => /^(?:tonumber\()?(KEYS|ARGV)\[(\d+)\]\)?$/.exec(value));
    if (!found || slots.some((slot) => slot === null)) break;
    found[1].split(/,\s*/).forEach((name, index) => {
      const slot = slots[index];
      if (slot) aliases[slot[1]].set(Number(slot[2]), name);
    });
  }
  return aliases;
}

function comparesNames(kind, documented, aliases, expected, list) {
  const problems = [];
  for (let index = 1; index <= expected; index += 1) {
    const name = documented.get(index);
    if (name === undefined)
      problems.push(`${kind}[${index}] is missing in the header ("-- ${kind}[${index}] name: …")`);
    else if (index !== list && aliases.get(index) !== name)
      problems.push(
        `${kind}[${index}] is "${name}" in the header and "${aliases.get(index) ?? 'nothing'}" in the first lines`,
      );
  }
  for (const index of [...documented.keys(), ...aliases.keys()])
    if (index > expected) problems.push(`${kind}[${index}] is more than the script takes`);
  return problems;
}

/** `Codes: ASK=1 SHORT=2` has to stand in the body as `local ASK, SHORT = 1, 2`. */
function readCodes(words, body) {
  /** @type {Record<string, number>} */
  const codes = {};
  /** @type {string[]} */
  const problems = [];
  for (const word of words ?? []) {
    const found = /^([A-Z][A-Z_]*)=(-?\d+)$/.exec(word);
    if (!found) problems.push(`"${word}" is no code: write NAME=number`);
    else if (found[1] in codes || Object.values(codes).includes(Number(found[2])))
      problems.push(`the code "${word}" is there twice`);
    else codes[found[1]] = Number(found[2]);
  }
  const names = Object.keys(codes);
  const declaration = `local ${names.join(', ')} = ${Object.values(codes).join(', ')}`;
  if (names.length > 0 && !body.includes(declaration))
    problems.push(`the body does not declare its codes as the header does: ${declaration}`);
  for (const name of names)
    if ((body.match(new RegExp(`\\b${name}\\b`, 'g')) ?? []).length < 2)
      problems.push(`the code ${name} is never used`);
  return { codes, problems };
}

function judgesBody(body, keyNames, list) {
  const problems = [];
  const code = body.replace(/--.*$/gm, '');
  for (const [pattern, why] of FORBIDDEN) if (pattern.test(code)) problems.push(why);
  if (/\bKEYS\b/.test(code)) problems.push('the body says KEYS: use the names from the first lines');
  if (/\bARGV\[\d+\]/.test(code)) problems.push('the body says ARGV[n]: use the names from the first lines');
  if (/\bARGV\b/.test(code) && list === null)
    problems.push('the body walks over ARGV, but the header names no list ("-- ARGV[5..] lines: …")');
  for (const [, command, key] of code.matchAll(/redis\.p?call\(\s*([^,)]+)\s*,?\s*([^,)]*)/g)) {
    if (!/^'[A-Z]+'$/.test(command)) problems.push(`redis.call(${command}: name the command in capitals`);
    // A channel is no key: it belongs to no slot.
    else if (command !== "'PUBLISH'" && !keyNames.has(key.trim()))
      problems.push(
        `${command} works on "${key.trim()}", which is no key of the header: every key is declared`,
      );
  }
  return problems;
}

/**
 * A line `-- include <name>` of a script stands for the file `<name>.part.lua` beside it: what several scripts have to agree on is written once.
 * @param {Map<string, string>} parts their texts by name
 * @returns {{ text: string, included: string[], problems: string[] }}
 */
export function includeParts(text, parts) {
  const included = [];
  const problems = [];
  const whole = text.replace(/^-- include (\S+)\n/gm, (line, name) => {
    if (!parts.has(name)) problems.push(`there is no ${name}.part.lua to include`);
    included.push(name);
    return parts.get(name) ?? line;
  });
  return { text: whole, included, problems };
}

/**
 * @param {string} name of the file, without `.lua`
 * @param {string} text
 * @returns {{ name: string, keys: number, text: string, codes: Record<string, number>, problems: string[] }}
 */
export function readScript(name, text) {
  /** @type {string[]} */
  const problems = [];
  const keys = Number(FILE_NAME.exec(name)?.[1] ?? NaN);
  if (Number.isNaN(keys)) problems.push('the name must be <verb>-<noun>-<number of keys>.lua');
  const lines = text.split('\n');
  const header = readHeader(lines);
  if ((header.purpose[0] ?? '').length < 10) problems.push('the first line must say what the script does');
  if (header.result === null) problems.push('the header does not say what comes back ("-- Result: …")');
  const aliases = readAliases(lines, header.end);
  const body = lines.slice(aliases.end).join('\n');
  const argCount = Math.max(0, ...header.args.keys());
  if (!Number.isNaN(keys)) problems.push(...comparesNames('KEYS', header.keys, aliases.KEYS, keys, null));
  problems.push(...comparesNames('ARGV', header.args, aliases.ARGV, argCount, header.list));
  if (header.list !== null && header.list !== argCount)
    problems.push('a list ("[n..]") must be the last argument');
  const { codes, problems: wrongCodes } = readCodes(header.codes, body);
  problems.push(...wrongCodes, ...judgesBody(body, new Set(header.keys.values()), header.list));
  return { name, keys, text, codes, problems };
}

/** The codes of all scripts of a folder, as one enum: a name means the same number everywhere. */
export function joinCodes(scripts) {
  const codes = {};
  const problems = [];
  for (const script of scripts)
    for (const [name, value] of Object.entries(script.codes)) {
      const other = Object.entries(codes).find(([known, number]) => (known === name) !== (number === value));
      if (other)
        problems.push(`${script.name}: ${name}=${value}, but another script says ${other[0]}=${other[1]}`);
      else codes[name] = value;
    }
  return { codes, problems };
}
