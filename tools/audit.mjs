#!/usr/bin/env node
// Asks the registry for known weaknesses of the locked packages. Exit code 1 when it knows one that is high or critical; 0 when it knows none,
// and also when it does not answer that question: some mirrors cannot, and a weakness of theirs is none of this commit.
import { spawnSync } from 'node:child_process';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const ANSWER_MS_MAX = 60_000;
const BYTES_MAX = 64 * 1024 * 1024;
const SERIOUS = ['high', 'critical'];
const ARGS = ['audit', '--json', '--package-lock-only', '--fetch-retries=0', '--fetch-timeout=30000'];

// Its exit code does not tell a weakness from a registry that does not answer; what it prints does.
const { stdout, error } = spawnSync('npm', ARGS, {
  cwd: root,
  encoding: 'utf8',
  maxBuffer: BYTES_MAX,
  timeout: ANSWER_MS_MAX,
  killSignal: 'SIGKILL',
});
const late = /** @type {NodeJS.ErrnoException | undefined} */ (error)?.code === 'ETIMEDOUT';
const report = parse(stdout);
const counts = report?.metadata?.vulnerabilities;
if (!counts) {
  const why = late ? `no answer within ${ANSWER_MS_MAX / 1000} s` : (report?.message ?? 'no answer');
  console.error(`audit: the registry does not tell (${why}); nothing is known about weaknesses`);
} else {
  const serious = Object.values(report.vulnerabilities ?? {}).filter(({ severity }) =>
    SERIOUS.includes(severity),
  );
  for (const { name, severity, range, via } of serious) {
    const titles = via.map((one) => (typeof one === 'string' ? `by ${one}` : `${one.title} (${one.url})`));
    console.error(`audit: ${severity}: ${name} ${range}: ${titles.join('; ')}`);
  }
  const known = SERIOUS.reduce((sum, severity) => sum + (counts[severity] ?? 0), 0);
  console.error(`audit: ${known} high or critical, ${counts.total ?? known} in all`);
  if (known > 0) process.exitCode = 1;
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
