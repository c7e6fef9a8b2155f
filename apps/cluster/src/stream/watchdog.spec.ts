import { decide, NOTHING_KNOWN, type Seen } from './watchdog';

const MB = 1024 * 1024;
const running = { state: 'RUNNING', tasks: [{ id: 0, state: 'RUNNING' }] };
const failed = { state: 'RUNNING', tasks: [{ id: 0, state: 'FAILED' }] };
const taskless = { state: 'RUNNING', tasks: [] };
const well = {
  healthy: true,
  connector: running,
  slot: { walStatus: 'reserved', active: true, retainedBytes: MB },
};

/** Looks every five seconds, and tells what was done at which second. */
function watch(seconds: number, seenAt: (second: number) => object): string[] {
  let memory = NOTHING_KNOWN;
  const done: string[] = [];
  for (let second = 0; second <= seconds; second += 5) {
    const next = decide(memory, { ...well, ...seenAt(second) } as Seen, second * 1000);
    memory = next.memory;
    for (const step of next.steps) done.push(`${second} ${step.do}`);
  }
  return done;
}

describe('the watchdog of the change stream', () => {
  it('leaves a well stream alone', () => {
    expect(watch(600, () => ({}))).toEqual([]);
  });

  it('kills a worker that has not been healthy for 30 s, whatever its status says, and gives the next one as long', () => {
    expect(watch(70, () => ({ healthy: false }))).toEqual(['30 kill-worker', '60 kill-worker']);
    expect(watch(70, (second) => ({ healthy: second % 30 === 0 }))).toEqual([]);
  });

  it('does not count failures of a previous worker, however it ended', () => {
    const silent = (second: number) => (second === 25 ? { busy: true } : { healthy: false });
    expect(watch(60, silent)).toEqual(['60 kill-worker']);
    const idle = (second: number) => (second === 25 ? { busy: true } : { connector: taskless });
    expect(watch(60, idle)).toEqual(['60 restart-tasks']);
  });

  it('gives a connector that it has registered again the whole time to get a task', () => {
    const at = (second: number) => ({ connector: second === 25 ? 'missing' : taskless });
    expect(watch(60, at)).toEqual(['25 register', '60 restart-tasks']);
  });

  it('restarts a failed task at once, then with growing pauses', () => {
    expect(watch(100, () => ({ connector: failed }))).toEqual([
      '0 restart-tasks',
      '5 restart-tasks',
      '10 restart-tasks',
      '25 restart-tasks',
      '85 restart-tasks',
    ]);
  });

  it('restarts a connector that failed before it had a task', () => {
    expect(watch(0, () => ({ connector: { state: 'FAILED', tasks: [] } }))).toEqual(['0 restart-tasks']);
  });

  it('forgets old failures once the task has run for two minutes', () => {
    const at = watch(305, (second) => ({ connector: second < 100 || second >= 300 ? failed : running }));
    expect(at.slice(-2)).toEqual(['300 restart-tasks', '305 restart-tasks']);
  });

  it('takes RUNNING without a task for a fault after 30 s', () => {
    expect(watch(35, () => ({ connector: taskless }))).toEqual(['30 restart-tasks']);
    expect(watch(60, (second) => ({ connector: second === 25 ? running : taskless }))).toEqual([
      '60 restart-tasks',
    ]);
  });

  it('registers the connector again when the worker has forgotten it', () => {
    expect(watch(0, () => ({ connector: 'missing' }))).toEqual(['0 register']);
  });

  it('does not fight somebody who paused the connector', () => {
    expect(watch(5, () => ({ connector: { state: 'PAUSED', tasks: [] } }))).toEqual(['0 warn', '5 warn']);
  });

  it('drops a lost slot while the connector still says RUNNING', () => {
    const lost = { walStatus: 'lost', active: false, retainedBytes: 0 };
    expect(watch(0, () => ({ slot: lost }))).toEqual(['0 drop-slot']);
  });

  it('leaves a missing slot to the connector, and an unknown one to nobody', () => {
    expect(watch(60, () => ({ slot: 'missing' }))).toEqual([]);
    expect(watch(60, () => ({ slot: 'unknown', connector: 'unknown' }))).toEqual([]);
  });

  it('warns before the slot is lost', () => {
    expect(
      watch(0, () => ({ slot: { walStatus: 'extended', active: false, retainedBytes: 300 * MB } })),
    ).toEqual(['0 warn']);
  });
});
