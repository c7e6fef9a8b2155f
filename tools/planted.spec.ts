import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = mkdtempSync(join(tmpdir(), 'holdfast-planted-check-'));
const write = (file: string, text: string) => writeFileSync(join(root, file), text);

beforeAll(() => {
  for (const folder of ['tools/lib', 'libs/a', 'test/planted', 'test/contract'])
    mkdirSync(join(root, folder), { recursive: true });
  for (const file of ['planted.mjs', 'lib/planted-test.mjs', 'lib/stop-at-red.mjs'])
    cpSync(resolve(__dirname, file), join(root, 'tools', file));
  write('libs/a/add.ts', 'export const add = (a: number, b: number) => a + b;');
  write('libs/a/add.spec.ts', "it.each(NUMBERS)('adds %s to a number', add);");
  write('test/contract/add.spec.ts', "import { addContract } from './add.contract';");
  write('test/contract/add.contract.ts', "it('adds in any order', add);");
});
const FOUND = [
  '--selectProjects unit -- libs/a/add',
  '--selectProjects unit -t "to a number" -- add.spec',
  '--selectProjects unit -t "adds .*to a number" -- add.spec',
  '--selectProjects contract --testTimeout 5000 -t "in any order" -- test/contract/add',
];
const MISSED: [bug: object, reason: string][] = [
  [{ file: 'libs/a/sub.ts' }, 'there is no libs/a/sub.ts'],
  [{ find: 'a * b' }, 'occurs 0 times'],
  [{ test: '--selectProjects unit' }, 'names no file'],
  [{ test: '-- libs/a/add' }, 'names no tier'],
  [{ test: '--selectProjects unit -- libs/a/sub' }, 'no test file of unit is called libs/a/sub'],
  [{ test: '--selectProjects unit -- libs/a/add libs/a/sub' }, 'no test file of unit is called libs/a/sub'],
  [{ test: '--selectProjects contract -- libs/a/add' }, 'no test file of contract is called libs/a/add'],
  [
    { test: '--selectProjects unit -t "subtracts" -- libs/a/add' },
    'no test of libs/a/add is called "subtracts"',
  ],
  // Jest takes what stands behind `--` for names of files.
  [{ test: '--selectProjects unit -- libs/a/add -t "adds"' }, 'no test file of unit is called -t'],
];

afterAll(() => rmSync(root, { recursive: true, force: true }));

const plant = (name: string, bug: object) => {
  const whole = { file: 'libs/a/add.ts', find: 'a + b', replace: 'a - b', test: FOUND[0], ...bug };
  write(`test/planted/${name}.json`, JSON.stringify(whole));
};
const check = () => {
  const { status, stdout } = spawnSync(process.execPath, [join(root, 'tools/planted.mjs'), '--check']);
  return { status, lines: String(stdout).trim().split('\n') };
};

it('passes for bugs that fit, with tests that are there', () => {
  FOUND.forEach((test, n) => plant(`found-${n}`, { test }));
  expect(check()).toEqual({ status: 0, lines: [`${FOUND.length} passed, 0 failed`] });
});

it('fails for each that does not fit, or whose test is not there, and says why', () => {
  MISSED.forEach(([bug], n) => plant(`missed-${n}`, bug));
  const { status, lines } = check();
  expect(status).toBe(1);
  MISSED.forEach(([, reason], n) =>
    expect(lines.find((line) => line.startsWith(`MISSED missed-${n} `))).toContain(reason),
  );
});
