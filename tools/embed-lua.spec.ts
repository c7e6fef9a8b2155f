import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const HEALTHY = `-- Adds units to a key when there is one.
-- KEYS[1] stock: hash of units
-- ARGV[1] now_ms: the time
-- ARGV[2..] skus: names
-- Result: DONE, or NONE when there is no key.
-- Codes: NONE=0 DONE=1
local stock = KEYS[1]
local now_ms = tonumber(ARGV[1])

local NONE, DONE = 0, 1
if redis.call('EXISTS', stock) == 0 then return NONE end
for i = 2, #ARGV do redis.call('HSET', stock, ARGV[i], now_ms) end
return DONE
`;

/** For each rule one change that breaks it, with a word of the complaint. */
const BREACHES: Record<string, [change: (text: string) => string, complaint: string, file?: string]> = {
  'a name without the number of keys': [(text) => text, 'the name must be', 'add-units.lua'],
  'another number of keys in the name': [(text) => text, 'KEYS[2] is missing', 'add-units-2.lua'],
  'no purpose': [(text) => text.replace(/^.*\n/, ''), 'what the script does'],
  'no result': [(text) => text.replace(/-- Result.*\n/, ''), 'what comes back'],
  'a key that the header does not name': [(text) => text.replace(/-- KEYS.*\n/, ''), 'KEYS[1] is missing'],
  'an argument that the header skips': [(text) => text.replace(/-- ARGV\[1\].*\n/, ''), 'ARGV[1] is missing'],
  'another name in the first lines': [
    (text) => text.replace('local stock', 'local count'),
    'KEYS[1] is "stock"',
  ],
  'a list that is not the last': [
    (text) => text.replace('-- Result', '-- ARGV[3] more: more\n-- Result'),
    'must be the last',
  ],
  'a walk over arguments without a list': [(text) => text.replace('[2..]', '[2]'), 'names no list'],
  'KEYS in the body': [(text) => text.replace("'EXISTS', stock", "'EXISTS', KEYS[1]"), 'the body says KEYS'],
  'ARGV[n] in the body': [(text) => text.replace('ARGV[i], now_ms', 'ARGV[2], now_ms'), 'the body says ARGV'],
  'a key made up in the body': [
    (text) => text.replace("'EXISTS', stock", "'EXISTS', 'a' .. now_ms"),
    'no key of the header',
  ],
  'a command in a variable': [(text) => text.replace("'EXISTS'", 'command'), 'name the command'],
  'the clock of the server': [
    (text) => text.replace('return NONE', "return redis.call('TIME')"),
    'time comes as',
  ],
  'a search for keys': [
    (text) => text.replace('return NONE', "return redis.call('KEYS', stock)"),
    'names its keys',
  ],
  chance: [(text) => text.replace('return NONE', 'return math.random(2)'), 'chance comes as'],
  'another code in the body': [
    (text) => text.replace('NONE, DONE = 0, 1', 'NONE, DONE = 0, 2'),
    'does not declare',
  ],
  'a code that is never used': [(text) => text.replace('return DONE', 'return 1'), 'DONE is never used'],
  'a code twice': [(text) => text.replace('DONE=1', 'DONE=1 MORE=1'), 'there twice'],
};

describe('the tool that embeds Lua', () => {
  let root: string;
  const folder = () => join(root, 'apps/x/src/lua');
  const put = (file: string, text: string) => {
    mkdirSync(dirname(join(folder(), file)), { recursive: true });
    writeFileSync(join(folder(), file), text);
  };
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [resolve(__dirname, 'embed-lua.mjs'), '--root', root, ...args], {
      encoding: 'utf8',
    });

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'holdfast-lua-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('embeds a healthy script with its codes, and finds it unchanged afterwards', () => {
    put('add-units-1.lua', HEALTHY);
    expect(run()).toMatchObject({ status: 0, stderr: '' });
    const generated = readFileSync(join(folder(), 'lua.generated.ts'), 'utf8');
    expect(generated).toContain('addUnits: { name: "add-units-1", keys: 1, text: "-- Adds units');
    expect(generated).toContain('export enum LuaCode {\n  NONE = 0,\n  DONE = 1,\n}');
    expect(run('--check').status).toBe(0);
  });

  it('sees that a script was changed after it was embedded', () => {
    put('add-units-1.lua', HEALTHY);
    run();
    put('add-units-1.lua', HEALTHY.replace('Adds', 'Takes'));
    const { status, stderr } = run('--check');
    expect(status).toBe(1);
    expect(stderr).toContain('run npm run embed');
  });

  it('puts in a part that scripts share, and wants every part to be there and to be used', () => {
    const sharing = HEALTHY.replace('\nlocal NONE', '\n-- include has-units\n\nlocal NONE').replace(
      "redis.call('EXISTS', stock) == 0",
      'not has_units(stock)',
    );
    put('add-units-1.lua', sharing);
    expect(run().stderr).toContain('there is no has-units.part.lua');
    const part = "local function has_units(stock)\n  return redis.call('EXISTS', stock) == 1\nend\n";
    put('has-units.part.lua', part);
    expect(run()).toMatchObject({ status: 0, stderr: '' });
    expect(readFileSync(join(folder(), 'lua.generated.ts'), 'utf8')).toContain(
      'local function has_units(stock)',
    );
    put('has-units.part.lua', part.replace('EXISTS', 'KEYS'));
    expect(run().stderr).toContain('names its keys');
    put('has-units.part.lua', part);
    put('add-units-1.lua', HEALTHY);
    expect(run().stderr).toContain('has-units.part.lua: no script includes it');
  });

  it('wants a code to mean the same in all scripts of a folder', () => {
    put('add-units-1.lua', HEALTHY);
    put('take-units-1.lua', HEALTHY.replaceAll('DONE', 'TAKEN'));
    expect(run().stderr).toContain('TAKEN=1, but another script says DONE=1');
  });

  it.each(Object.entries(BREACHES))('refuses %s', (_, [change, complaint, file = 'add-units-1.lua']) => {
    put(file, change(HEALTHY));
    const { status, stderr } = run();
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining(complaint) });
  });
});
