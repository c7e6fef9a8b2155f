import type { Exit } from './lifeline';
import { inWords, type Restartable, supervise } from './supervisor';

interface FakeChild extends Restartable {
  die(): void;
}

let pids = 0;
function child(): FakeChild {
  let end: (how: Exit) => void = () => undefined;
  const exited = new Promise<Exit>((resolve) => (end = resolve));
  const die = () => end({ code: null, signal: 'SIGKILL' });
  pids += 1;
  return { pid: pids, exited, die, kill: die, stop: async () => end({ code: 0, signal: null }) };
}

const settle = async () => {
  for (let i = 0; i < 20; i += 1) await Promise.resolve();
};

async function begin(start: () => Promise<FakeChild>) {
  const said: string[] = [];
  const waits: number[] = [];
  const clock = { now: 0 };
  const ups: number[] = [];
  const it = await supervise({
    start,
    onEvent: inWords('kafka', (line) => said.push(line)),
    onUp: (up) => ups.push(up.pid),
    now: () => clock.now,
    wait: async (ms) => void waits.push(ms),
  });
  return { it, said, waits, clock, ups };
}

describe('the supervisor', () => {
  it('starts again what was killed, and says so', async () => {
    const { it: kafka, said, waits, ups } = await begin(async () => child());
    const first = kafka.child!;
    first.die();
    await settle();
    expect(kafka).toMatchObject({ state: 'up', restarts: 1 });
    expect(said).toEqual([
      `kafka (pid ${first.pid}) ended with signal SIGKILL; starting it again in 0.5 s`,
      `kafka is running again (pid ${kafka.child!.pid})`,
    ]);
    expect(waits).toEqual([500]);
    expect(ups).toEqual([first.pid, kafka.child!.pid]);
    await kafka.stop();
  });

  it('waits longer each time, and not after it ran well for a minute', async () => {
    const { it: kafka, waits, clock } = await begin(async () => child());
    for (let i = 0; i < 7; i += 1) {
      kafka.child!.die();
      await settle();
    }
    clock.now = 60_000;
    kafka.child!.die();
    await settle();
    expect(waits).toEqual([500, 1_000, 2_000, 5_000, 10_000, 30_000, 30_000, 500]);
    await kafka.stop();
  });

  it('goes on trying when it does not come back', async () => {
    let starts = 0;
    const { it: kafka, said } = await begin(async () => {
      starts += 1;
      if (starts === 2) throw new Error('port 1 is in use');
      return child();
    });
    kafka.child!.die();
    await settle();
    expect(kafka.state).toBe('up');
    expect(said[1]).toBe('kafka failed to restart: port 1 is in use; starting it again in 1 s');
    await kafka.stop();
  });

  it('does not start again what was stopped on purpose', async () => {
    const { it: kafka, said, waits } = await begin(async () => child());
    await kafka.stop();
    await settle();
    expect([said, waits]).toEqual([[], []]);
  });

  it('stops a child that becomes ready while everything is being stopped', async () => {
    let ready: (value: FakeChild) => void = () => undefined;
    let starts = 0;
    const { it: kafka } = await begin(() => {
      starts += 1;
      return starts === 1 ? Promise.resolve(child()) : new Promise((resolve) => (ready = resolve));
    });
    kafka.child!.die();
    await settle();
    const stopped = kafka.stop();
    const late = child();
    ready(late);
    await stopped;
    await expect(late.exited).resolves.toEqual({ code: 0, signal: null });
  });

  it('tells at once when the first start fails', async () => {
    await expect(begin(() => Promise.reject(new Error('there is no Java')))).rejects.toThrow(
      'there is no Java',
    );
  });
});
