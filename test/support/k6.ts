import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cleanEnv } from './product';
import { REPOSITORY } from './repository';

/** What `npm run k6 -- --json` prints. */
export interface K6Verdict {
  ok: boolean;
  mode: string;
  seed: number;
  counts: Record<string, number>;
  refused: Record<string, number>;
  errors: number;
  seconds: { second: number; offered: number; held: number }[];
  steps: Record<string, { count: number; p99Ms: number } | undefined>;
  generator: { dropped: number; bottleneck: string | null };
  promises: { metric: string; must: string; says: string; kept: boolean; value: number }[];
  /** Null when nobody knew where the ledger is. */
  ledger: { says: string; kept: boolean; detail: string }[] | null;
}

export interface K6Answer {
  code: number | null;
  verdict: K6Verdict | null;
  stdout: string;
  stderr: string;
}

const BUILD_S = 25 * 60;

/** Builds k6 when it is not there yet, or waits for the build that CI began long before; resolves to its path. */
export async function buildK6(): Promise<string> {
  const { code, stdout, stderr } = await runNode([
    join(REPOSITORY, 'tools/k6/build.mjs'),
    '--within',
    String(BUILD_S),
  ]);
  if (code !== 0) throw new Error(stderr);
  return stdout.trim();
}

/** Runs `npm run k6` as its own process; its report is removed when it ended well. */
export async function runK6(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<K6Answer> {
  const out = mkdtempSync(join(tmpdir(), 'holdfast-k6-'));
  const script = join(REPOSITORY, 'tools/k6-run.mjs');
  const answer = await runNode([script, ...args, '--json', '--out', out], env);
  if (answer.code === 0) rmSync(out, { recursive: true, force: true });
  return { ...answer, verdict: parse(answer.stdout) };
}

const runNode = (args: string[], env: NodeJS.ProcessEnv = {}) => runProgram(process.execPath, args, env);

export function runProgram(
  program: string,
  args: string[],
  env: NodeJS.ProcessEnv,
): Promise<Omit<K6Answer, 'verdict'>> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: REPOSITORY,
      env: { ...cleanEnv(), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

function parse(text: string): K6Verdict | null {
  try {
    return JSON.parse(text) as K6Verdict;
  } catch {
    return null;
  }
}
