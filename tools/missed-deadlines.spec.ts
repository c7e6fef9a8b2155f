import { waitFor } from '@holdfast/testing';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** In a process of its own: Jest loads no ES module. */
function filesWithMissedDeadlines(report: unknown): unknown {
  const script = `
    const { filesWithMissedDeadlines } = await import(process.argv[1]);
    console.log(JSON.stringify(filesWithMissedDeadlines(JSON.parse(process.argv[2]))));`;
  const file = join(__dirname, 'lib/missed-deadlines.mjs');
  const args = ['--input-type=module', '-e', script, file, JSON.stringify(report)];
  return JSON.parse(spawnSync(process.execPath, args, { encoding: 'utf8' }).stdout);
}

const test = (...failureMessages: string[]) => ({
  status: failureMessages.length > 0 ? 'failed' : 'passed',
  failureMessages,
});
const filesOf = (...assertionResults: ReturnType<typeof test>[]) =>
  filesWithMissedDeadlines({ testResults: [{ name: 'a.spec.ts', assertionResults }] });

const timeout = 'Error: thrown: "Exceeded timeout of 120000 ms for a test.\nAdd a timeout value …"\n    at x';
const wrong = 'Error: expect(received).toBe(expected) // Object.is equality\n\nExpected: 5\nReceived: 4';
const waited = (): Promise<string> =>
  waitFor('a condition', () => false, { deadlineMs: 1 }).then(String, (error: Error) => String(error.stack));

it('a file whose tests only missed deadlines is found, with their number', async () => {
  expect(filesOf(test(), test(timeout), test(await waited()))).toEqual([{ name: 'a.spec.ts', late: 2 }]);
});

it('a file in which nothing failed, or anything else failed, is not', async () => {
  expect(filesOf(test())).toEqual([]);
  expect(filesOf(test(timeout), test(wrong))).toEqual([]);
  expect(filesOf(test(timeout, wrong))).toEqual([]);
  expect(filesOf(test(`${wrong}\n${await waited()}`))).toEqual([]);
  expect(filesOf({ status: 'failed', failureMessages: [] })).toEqual([]);
});

it('a file that could not be loaded is not', () => {
  expect(filesWithMissedDeadlines({ testResults: [{ name: 'a.spec.ts', assertionResults: [] }] })).toEqual(
    [],
  );
});
