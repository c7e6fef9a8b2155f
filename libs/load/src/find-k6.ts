import { execFile, spawn } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { personsEnv } from '@holdfast/process';

/** Our reader of server-sent events, as `k6 version` lists it. */
const READER = /\bholdfast\.local\/k6\/sse\b.*\bk6\/x\/sse\b/;
const VERSION_MS = 10_000;

export interface FindOptions {
  say: (line: string) => void;
  signal: AbortSignal;
  /** Folders to look in, as in PATH. */
  path?: string;
  /** With `k6/scenarios` and `tools/k6`. */
  repository?: string;
}

/**
 * The path of a k6 that reads live streams: the one on PATH if it was built with our reader, else that of
 * `tools/k6/build.mjs`, which builds it when it is not in `.tools` yet (minutes, needs Go). Says which one it is.
 * Throws an Error that says what to do.
 */
export async function findK6({
  say,
  signal,
  path,
  repository = repositoryFolder(),
}: FindOptions): Promise<string> {
  const installed = onPath(path ?? personsEnv()['PATH'] ?? '');
  if (installed !== null) {
    if (await hasReader(installed, signal)) {
      say(`k6: ${installed} (on PATH)`);
      return installed;
    }
    say(`k6: ${installed} on PATH cannot read live streams (built without tools/k6/sse); using our own`);
  }
  return ownK6(join(repository, 'tools/k6/build.mjs'), say, signal);
}

/** The folder with `k6/scenarios`: of the sources, or beside `dist`. */
export function repositoryFolder(): string {
  const found = ['../../..', '../../../..']
    .map((way) => resolve(__dirname, way))
    .find((folder) => existsSync(join(folder, 'k6/scenarios')));
  if (found) return found;
  throw new Error(
    'k6/scenarios is missing in this installation: run load tests from a clone of the repository',
  );
}

function onPath(path: string): string | null {
  const programs = path.split(delimiter).map((folder) => join(folder || '.', 'k6'));
  return programs.find(isProgram) ?? null;
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function hasReader(program: string, signal: AbortSignal): Promise<boolean> {
  try {
    const { stdout } = await promisify(execFile)(program, ['version'], { signal, timeout: VERSION_MS });
    return READER.test(stdout);
  } catch {
    signal.throwIfAborted();
    return false; // it does not even run
  }
}

/** Runs the builder as a program of its own: it is plain JavaScript for a clone that has no packages yet. */
async function ownK6(builder: string, say: FindOptions['say'], signal: AbortSignal): Promise<string> {
  const child = spawn(process.execPath, [builder], {
    env: personsEnv(),
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
  });
  let last = '';
  createInterface({ input: child.stderr }).on('line', (line) => {
    last = line;
    say(line);
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const code = await new Promise<number | null>((done, fail) => {
    child.once('error', fail);
    child.once('close', done);
  });
  if (code !== 0) throw new Error(`k6 is not there and could not be built: ${last}`);
  const program = output.trim();
  say(`k6: ${program} (tools/k6/build.mjs)`);
  return program;
}
