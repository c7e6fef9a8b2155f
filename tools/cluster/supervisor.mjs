// Starts again what dies, with growing pauses, and says so.
import { describeExit, refusesChildren } from './child.mjs';

const PAUSE_MS = [500, 1_000, 2_000, 5_000, 10_000, 30_000];
// A server that ran this long was fine: its next death begins with the short pause again.
const STEADY_MS = 60_000;

/**
 * Keeps one server running. `start` gives a child (see child.mjs) once it is ready; `onUp` hears of each start, the
 * first one included; its second argument is aborted when the server is to stop.
 * @param {{name: string, start: () => Promise<import('./child.mjs').Child>, onUp?: (child: object, signal: AbortSignal) => unknown,
 *   say?: (line: string) => void, now?: () => number, wait?: (ms: number, signal: AbortSignal) => Promise<void>}} what
 * @returns {Promise<{child: object|null, state: 'starting'|'up'|'down', restarts: number, kill: () => void, letGo: () => void, stop: () => Promise<void>}>}
 *   rejects when the very first start fails: then something is missing and trying again would hide it
 */
export async function supervise({
  name,
  start,
  onUp = () => undefined,
  say = () => undefined,
  now = Date.now,
  wait = pause,
}) {
  const ending = new AbortController();
  const it = {
    child: await start(),
    state: 'starting',
    restarts: 0,
    /** For one that hangs: what died is then started again. */
    kill: () => it.child?.kill(),
    /** From now on it is not started again; what runs goes on, until `stop` or by itself. */
    letGo: () => ending.abort(),
    stop: async () => {
      ending.abort();
      await it.child?.stop();
      await watching;
    },
  };
  try {
    await onUp(it.child, ending.signal);
  } catch (error) {
    await it.child.stop();
    throw error;
  }
  it.state = 'up';
  const watching = watch();
  return it;

  async function watch() {
    for (let failures = 0; ;) {
      const began = now();
      const how = await it.child.exited;
      if (ending.signal.aborted || refusesChildren()) return;
      it.state = 'down';
      if (now() - began >= STEADY_MS) failures = 0;
      let problem = `${name} (pid ${it.child.pid}) ended with ${describeExit(how)}`;
      it.child = null;
      while (!it.child) {
        const ms = PAUSE_MS[Math.min(failures, PAUSE_MS.length - 1)];
        failures += 1;
        say(`${problem}; starting it again in ${ms / 1000} s`);
        await wait(ms, ending.signal);
        if (ending.signal.aborted) return;
        try {
          const child = await start();
          // A stop that came while it was starting has not seen this child.
          if (ending.signal.aborted) return void (await child.stop());
          it.child = child;
        } catch (error) {
          problem = `${name} did not come back: ${error.message}`;
        }
      }
      it.state = 'starting';
      it.restarts += 1;
      say(`${name} is back (pid ${it.child.pid})`);
      try {
        await Promise.race([onUp(it.child, ending.signal), aborted(ending.signal)]);
      } catch (error) {
        say(`${name} is back, but ${error.message}`);
      }
      it.state = 'up';
    }
  }
}

function aborted(signal) {
  return new Promise((done) => signal.addEventListener('abort', done, { once: true }));
}

function pause(ms, signal) {
  return new Promise((done) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', () => (clearTimeout(timer), done()), { once: true });
  });
}
