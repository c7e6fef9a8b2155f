import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type RunningComponent, writeRunState } from '@holdfast/process';
import { type ProcessEntry, readProcesses } from '../proc/process-tree';
import { PAUSE } from './pause-processes';
import { ProcessFaults } from './process-faults';

const WAIT_MS = 5_000;
const never = new AbortController().signal;
const onLinux = process.platform === 'linux' ? describe : describe.skip;

/** `T` is a stopped process. */
function stateOf(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
}

async function until(is: () => boolean): Promise<void> {
  for (const end = performance.now() + WAIT_MS; !is(); await pause(20))
    if (performance.now() > end) throw new Error('it did not come true in time');
}

onLinux('faults of processes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-faults-'));
  const faults = new ProcessFaults(folder);
  const started: ChildProcess[] = [];
  const begin = () => {
    const child = spawn('sleep', ['60'], { stdio: 'ignore' });
    started.push(child);
    return child.pid!;
  };
  const write = (mode: 'standalone' | 'cluster', components: Partial<RunningComponent>[]) =>
    writeRunState(folder, {
      ...{ pid: process.pid, startedAt: '', mode, address: 'http://127.0.0.1:1', databaseUrl: 'postgres://' },
      components: components.map(
        (it) => ({ name: it.kind!, address: '', version: null, pid: 0, ...it }) as never,
      ),
    });
  afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('refuses parts that this product has no process of', () => {
    write('standalone', [{ kind: 'postgres', pid: begin() }]);
    expect(faults.refusal([])).toBeNull();
    expect(faults.refusal(['postgres'])).toBeNull();
    expect(faults.refusal(['postgres', 'redis', 'gateway'])).toMatch(
      /redis, gateway cannot be injected.*standalone/,
    );
    write('cluster', [{ kind: 'redis', pid: null as never }]);
    expect(faults.refusal(['redis'])).toMatch(/did not start it/);
  });

  it('refuses where it knows no process at all', () => {
    const nowhere = new ProcessFaults(join(folder, 'none'));
    expect(nowhere.refusal(['postgres'])).toMatch(/no run\.json/);
    expect(nowhere.refusal([])).toBeNull();
  });

  it('touches no process that is not of this product, whatever run.json says', () => {
    write('cluster', [{ kind: 'redis', pid: process.ppid }]);
    expect(faults.refusal(['redis'])).not.toBeNull();
  });

  it('pauses a server, and lets it go on after the time', async () => {
    const pid = begin();
    write('cluster', [{ kind: 'kafka', pid }]);
    const fault = faults.inject('kafka', 500, never);
    await until(() => stateOf(pid) === 'T');
    const { how, fromMs, toMs } = await fault;
    expect(how).toBe('paused');
    expect(toMs - fromMs).toBeGreaterThan(400);
    expect(stateOf(pid)).not.toBe('T');
  });

  it('lets it go on at once when the rehearsal ends', async () => {
    const pid = begin();
    write('cluster', [{ kind: 'kafka', pid }]);
    const ending = new AbortController();
    const fault = faults.inject('kafka', 60_000, ending.signal);
    await until(() => stateOf(pid) === 'T');
    ending.abort();
    await fault;
    expect(stateOf(pid)).not.toBe('T');
  });

  it('lets it go on when the runner is killed in the middle', async () => {
    const pid = begin();
    // A runner that starts the program as the product does, and holds its standard input.
    const code = `const { spawn } = require('node:child_process');
      spawn(process.execPath, ['-e', ${JSON.stringify(PAUSE)}, '60000', '${pid}'], { detached: true, stdio: ['pipe', 'pipe', 'ignore'] });
      setInterval(() => undefined, 1000);`;
    const runner = spawn(process.execPath, ['-e', code], { stdio: 'ignore' });
    started.push(runner);
    await until(() => stateOf(pid) === 'T');
    runner.kill('SIGKILL');
    await until(() => stateOf(pid) !== 'T');
  });

  it('lets it go on when the program that paused it is killed', async () => {
    const pid = begin();
    write('cluster', [{ kind: 'kafka', pid }]);
    const fault = faults.inject('kafka', 60_000, never);
    await until(() => stateOf(pid) === 'T');
    const isPauser = ({ parent, pid: at }: ProcessEntry) =>
      parent === process.pid && readFileSync(`/proc/${at}/cmdline`, 'utf8').includes('SIGSTOP');
    const pauser = [...readProcesses().values()].find(isPauser)!;
    process.kill(pauser.pid, 'SIGKILL');
    await fault;
    expect(stateOf(pid)).not.toBe('T');
  });

  it('kills the first instance of a service', async () => {
    const [first, second] = [begin(), begin()];
    write('cluster', [
      { kind: 'gateway', pid: first },
      { kind: 'gateway', pid: second },
    ]);
    expect(await faults.inject('gateway', 5_000, never)).toMatchObject({ target: 'gateway', how: 'killed' });
    await until(() => started[0]!.signalCode === 'SIGKILL');
    expect(started[1]!.signalCode).toBeNull();
  });
});
