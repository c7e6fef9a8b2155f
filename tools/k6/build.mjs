#!/usr/bin/env node
// Builds .tools/k6-<hash of the sources>/k6, once: k6 with our reader of server-sent events. Needs Go; the first time takes minutes.
//   node tools/k6/build.mjs [--within <seconds>]
// Several at once are fine: one builds, the others wait for it. So it can be begun in the background long before it is needed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runStep } from '../lib/run-step.mjs';
import { oneAtATime } from '../lib/setup-lock.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const WITHIN_MS = 20 * 60_000; // 4.5 minutes on two idle cores; niced beside a run of tests it is a few times that

/**
 * @param {{ say?: (line: string) => void, tools?: string, withinMs?: number, signal?: AbortSignal }} [options]
 * @returns {Promise<string>} the path of the program. Throws an Error that says what to do.
 */
export async function ensureK6({
  say = () => undefined,
  tools = resolve(here, '../../.tools'),
  withinMs = WITHIN_MS,
  signal = new AbortController().signal,
} = {}) {
  const folder = join(tools, `k6-${sourcesHash()}`);
  const program = join(folder, 'k6');
  if (existsSync(program)) return program;
  if (goVersion() === null)
    throw new Error(`k6 cannot be built: there is no Go on PATH (${goNeeded()} or newer, https://go.dev/dl)`);
  const ending = AbortSignal.any([signal, AbortSignal.timeout(withinMs)]);
  const waiting = 'Waiting for another build of k6 …';
  try {
    await oneAtATime(join(folder, 'building'), () => build(program, ending), {
      waiting,
      say,
      signal: ending,
    });
  } catch (error) {
    if (ending.aborted && !signal.aborted)
      throw new Error(`k6 was not built within ${Math.round(withinMs / 1000)} s`, { cause: error });
    throw error;
  }
  say(`k6 is in ${program}`);
  return program;
}

async function build(program, signal) {
  if (existsSync(program)) return; // by whom we have waited for
  const draft = `${program}.${process.pid}`;
  // Niced: a build that takes both cores would spoil whatever is measured beside it.
  const args = ['-n', '15', 'go', 'build', '-trimpath', '-ldflags', '-s -w', '-o', draft, '.'];
  try {
    await runStep('Building k6 (once; some minutes on two cores)', 'nice', args, { cwd: here, signal });
    renameSync(draft, program);
  } catch (error) {
    rmSync(draft, { force: true });
    if (signal.aborted) throw error;
    throw new Error(
      `k6 cannot be built: it needs Go ${goNeeded()} or newer (here is ${goVersion()}) and the Go module proxy\n${error.message}`,
      { cause: error },
    );
  }
}

/** What the module asks for. */
function goNeeded() {
  return /^go (\S+)/m.exec(readFileSync(join(here, 'go.mod'), 'utf8'))?.[1];
}

/** Of the program on PATH, asked outside of the module, where it would fetch another one of itself; null: there is none. */
function goVersion() {
  const { status, stdout } = spawnSync('go', ['version'], { cwd: tmpdir(), encoding: 'utf8' });
  return status === 0 ? (/go(\d\S*)/.exec(stdout)?.[1] ?? 'unknown') : null;
}

function sourcesHash() {
  const hash = createHash('sha256');
  const reader = readdirSync(join(here, 'sse')).sort();
  for (const file of ['go.mod', 'go.sum', 'main.go', ...reader.map((name) => `sse/${name}`)])
    hash.update(file).update(readFileSync(join(here, file)));
  return hash.digest('hex').slice(0, 12);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const within = process.argv.indexOf('--within');
  const withinMs = within > 0 ? Number(process.argv[within + 1]) * 1000 : WITHIN_MS;
  // Ends the compiler with it, which has a group of its own.
  const ending = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(name, () => ending.abort());
  try {
    console.log(await ensureK6({ say: (line) => console.error(line), withinMs, signal: ending.signal }));
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
