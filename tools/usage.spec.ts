import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTool } from '../test/support/command';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-usage-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (program: string, args: readonly string[]) =>
  runTool(program, args, { HOLDFAST_DATA_DIR: folder, PORT: '0' });

const PROGRAMS: [script: string, program: string, args: string[]][] = [
  ['npm start', 'start.mjs', []],
  ['npm run cluster', 'start.mjs', ['cluster']],
  ['npm run cluster:down', 'cluster-down.mjs', []],
];

describe.each(PROGRAMS)('%s', (script, program, args) => {
  it('explains itself on --help, and does nothing', async () => {
    const { code, stdout } = await run(program, [...args, '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain(script);
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each(['--port', 'down', 'cluster:down'])('refuses %s, and does nothing', async (word) => {
    const { code, stdout, stderr } = await run(program, [...args, word]);
    expect(code).toBe(2);
    expect(stderr).toContain(`unknown argument: ${word}`);
    expect(stdout).toBe('');
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('npm run cluster:down', () => {
  /** A product that is still starting: its lock is there, its run.json is not. */
  async function starting(mode: string) {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e3)', 'tools/start.mjs'], {
      stdio: 'ignore',
    });
    writeFileSync(join(folder, 'lock.json'), JSON.stringify({ id: 'a', pid: child.pid, began: '', mode }));
    const ended = new Promise<boolean>((done) => child.once('exit', () => done(true)));
    return { child, ended };
  }
  afterEach(() => rmSync(join(folder, 'lock.json'), { force: true }));

  it('leaves a standalone product alone, also while that is still starting', async () => {
    const { child } = await starting('standalone');
    const { code, stderr } = await run('cluster-down.mjs', []);
    expect(code).toBe(1);
    expect(stderr).toContain('standalone');
    expect(child.exitCode ?? child.signalCode).toBeNull();
    child.kill('SIGKILL');
  });

  it('ends a cluster that is still starting', async () => {
    const { ended } = await starting('cluster');
    expect(await run('cluster-down.mjs', [])).toMatchObject({ code: 0 });
    expect(await ended).toBe(true);
  });
});
