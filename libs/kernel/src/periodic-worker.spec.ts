import { setImmediate as turn } from 'node:timers/promises';
import { PeriodicWorker } from './periodic-worker';

/** A worker that pauses for a day, and whose runs end when the test ends them. */
function dailyWorker() {
  const runs: { signal: AbortSignal; end: (more?: boolean) => void; fail: (error: Error) => void }[] = [];
  const errors: unknown[] = [];
  const worker = new PeriodicWorker({
    everyMs: 86_400_000,
    run: (signal) =>
      new Promise((resolve, reject) => runs.push({ signal, end: (more) => resolve(more), fail: reject })),
    onError: (error) => errors.push(error),
  });
  workers.push(worker);
  return { worker, runs, errors };
}

const workers: PeriodicWorker[] = [];
afterEach(async () => {
  for (const worker of workers.splice(0)) await worker.stop(0);
});

describe('a periodic worker', () => {
  it('runs at once, and again after the pause', async () => {
    let runs = 0;
    const thrice = new Promise<void>((resolve) => {
      const run = async () => {
        runs += 1;
        if (runs === 3) resolve();
      };
      const worker = new PeriodicWorker({ everyMs: 1, run, onError: () => undefined });
      workers.push(worker);
      worker.start();
    });
    expect(runs).toBe(1);
    await thrice;
  });

  it('does nothing before it is started, and starts once', async () => {
    const { worker, runs } = dailyWorker();
    worker.wake();
    expect(runs).toHaveLength(0);
    worker.start();
    worker.start();
    expect(runs).toHaveLength(1);
    await worker.stop(0);
    expect(runs[0]!.signal.aborted).toBe(true);
  });

  it('runs again at once while there is more to do', async () => {
    const { worker, runs } = dailyWorker();
    worker.start();
    runs[0]!.end(true);
    await turn();
    expect(runs).toHaveLength(2);
    runs[1]!.end();
    await turn();
    expect(runs).toHaveLength(2);
  });

  it('when woken, runs now, or once more after the current run', async () => {
    const { worker, runs } = dailyWorker();
    worker.start();
    worker.wake();
    worker.wake();
    expect(runs).toHaveLength(1);
    runs[0]!.end();
    await turn();
    expect(runs).toHaveLength(2);
    runs[1]!.end();
    await turn();
    expect(runs).toHaveLength(2);
    worker.wake();
    expect(runs).toHaveLength(3);
  });

  it('reports a failed run and waits for the next one', async () => {
    const { worker, runs, errors } = dailyWorker();
    worker.start();
    runs[0]!.fail(new Error('no database'));
    await turn();
    expect(errors).toEqual([new Error('no database')]);
    expect(runs).toHaveLength(1);
    worker.wake();
    expect(runs).toHaveLength(2);
  });

  it('stops after the current run, or at the deadline', async () => {
    const { worker, runs } = dailyWorker();
    worker.start();
    await worker.stop(1);
    let stopped = false;
    const stop = worker.stop().then(() => (stopped = true));
    await turn();
    expect(stopped).toBe(false);
    runs[0]!.end(true);
    await stop;
    worker.wake();
    expect(runs).toHaveLength(1);
  });

  it('can be started again', async () => {
    const { worker, runs } = dailyWorker();
    worker.start();
    runs[0]!.end();
    await worker.stop();
    worker.start();
    expect(runs).toHaveLength(2);
    expect(runs[1]!.signal.aborted).toBe(false);
  });
});
