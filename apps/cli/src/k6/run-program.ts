import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunOptions } from './options';
import type { RunDrop } from './run-drop';

const GRACE_MS = 90_000; // beyond the crowd: its last payments, setup, the report
const PROGRESS_MS = 10_000;

export interface K6Run {
  /** Path of k6. */
  program: string;
  repository: string;
  options: RunOptions;
  address: string;
  drop: RunDrop;
  /** The operator's pass: lets the run's shoppers past the public limits. '' without one. */
  pass: string;
  /** The report's folder. */
  out: string;
  signal: AbortSignal;
  say: (line: string) => void;
}

/** Runs k6 to its end and returns its exit code, or the signal that ended it. */
export function runProgram(run: K6Run): Promise<number | string> {
  const { program, repository, options, address, out } = run;
  const file = (name: string) => join(out, name);
  writeFileSync(file('told.jsonl'), '');
  const args = [
    'run',
    '--quiet',
    ...['--log-format', 'json', '--log-output', `file=${file('k6.log')}`],
    ...sourceAddresses(address),
    ...['--console-output', file('told.jsonl')],
    join(repository, 'k6/scenarios', `${options.scenario}.ts`),
  ];
  const env = {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(K6_|HOLDFAST_)/.test(name))),
    ...settingsOf(run),
    K6_NO_USAGE_REPORT: 'true',
    K6_AUTO_EXTENSION_RESOLUTION: 'false',
    K6_WEB_DASHBOARD: 'true',
    K6_WEB_DASHBOARD_PORT: '-1', // the report only, no server
    K6_WEB_DASHBOARD_PERIOD: '1s',
    K6_WEB_DASHBOARD_EXPORT: file('report.html'),
  };
  // With --json standard output belongs to the one document.
  const stdout = options.json ? 2 : 1;
  const child = spawn(program, args, { cwd: repository, env, detached: true, stdio: ['ignore', stdout, 2] });
  return untilExit(child, options.seconds, run);
}

/** As k6/lib/settings.ts reads them. */
function settingsOf({ options, address, drop, out, pass }: K6Run): Record<string, string> {
  const settings = {
    URL: address,
    DROP: drop.id,
    UNITS: drop.units,
    SHOPPERS: options.shoppers,
    SECONDS: options.seconds,
    WATCHERS: options.watchers,
    SEED: options.seed,
    HOLD_P95_MS: options.holdP95Ms,
    HOLD_P99_MS: options.holdP99Ms,
    DROPPED_PERCENT_MAX: options.droppedPercentMax,
    OUT: out,
    PASS: pass,
  };
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [`HOLDFAST_K6_${name}`, String(value)]),
  );
}

/** A crowd has many addresses, and one may have only so many connections. On Linux all of 127.0.0.0/8 is this machine. */
function sourceAddresses(address: string): string[] {
  const spread = process.platform === 'linux' && new URL(address).hostname === '127.0.0.1';
  return spread ? ['--local-ips', '127.0.0.2-127.0.0.251'] : [];
}

async function untilExit(
  child: ReturnType<typeof spawn>,
  seconds: number,
  { signal, say }: K6Run,
): Promise<number | string> {
  const began = Date.now();
  const elapsed = () => Math.round((Date.now() - began) / 1000);
  const progress = setInterval(() => say(`  ${elapsed()} s of about ${seconds} s`), PROGRESS_MS);
  // SIGINT lets k6 end its shoppers and still write its report.
  const end = () => child.kill('SIGINT');
  signal.addEventListener('abort', end);
  const late = setTimeout(() => child.kill('SIGKILL'), seconds * 1000 + GRACE_MS);
  try {
    return await new Promise((done, fail) => {
      child.once('error', fail);
      child.once('exit', (code, name) => done(code ?? name ?? 'unknown'));
    });
  } finally {
    clearInterval(progress);
    clearTimeout(late);
    signal.removeEventListener('abort', end);
  }
}
