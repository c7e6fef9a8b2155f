import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Child, startChild } from '@holdfast/process';
import { repositoryFolder } from './find-k6';
import type { LoadPlan } from './model/load-plan';

/** Long enough for k6 to write its report after SIGINT; an abort has ended it within 3 s. */
const GRACE_MS = 2_000;

/** Go collects harder from here on. 5,000 shoppers need about a third of it. */
const MEMORY_SOFT_LIMIT = '700MiB';

/** Files of a run in `plan.out`. */
export const outFiles = (out: string) => ({
  /** Notes, one a line. At most about 2 KB a shopper and 100 bytes a watcher and second. */
  notes: join(out, 'told.jsonl'),
  summary: join(out, 'summary.json'),
  log: join(out, 'k6.log'),
  output: join(out, 'k6-output.log'),
  report: join(out, 'report.html'),
});

/** Starts k6 on a scenario; it ends when this process does. */
export function startK6(program: string, plan: LoadPlan): Promise<Child> {
  const { scenario, url, out } = plan;
  const files = outFiles(out);
  writeFileSync(files.notes, '');
  const repository = repositoryFolder();
  return startChild({
    name: 'k6',
    command: program,
    args: [
      'run',
      '--quiet',
      ...['--log-format', 'json', '--log-output', `file=${files.log}`],
      ...sourceAddresses(url),
      ...['--console-output', files.notes],
      join(repository, 'k6/scenarios', `${scenario}.ts`),
    ],
    logFile: files.output,
    cwd: out,
    stopSignal: 'SIGINT',
    graceMs: GRACE_MS,
    env: {
      HOLDFAST_K6_PLAN: JSON.stringify(plan),
      // Few collections below the limit, many near it.
      GOGC: '400',
      GOMEMLIMIT: MEMORY_SOFT_LIMIT,
      K6_NO_USAGE_REPORT: 'true',
      K6_AUTO_EXTENSION_RESOLUTION: 'false',
      K6_WEB_DASHBOARD: 'true',
      K6_WEB_DASHBOARD_PORT: '-1', // the report only, no server
      K6_WEB_DASHBOARD_PERIOD: '1s',
      K6_WEB_DASHBOARD_EXPORT: files.report,
    },
  });
}

/**
 * Shoppers have many addresses, and one may have only so many connections. On Linux all of 127.0.0.0/8 is this
 * machine.
 */
function sourceAddresses(url: string): string[] {
  const spread = process.platform === 'linux' && new URL(url).hostname === '127.0.0.1';
  return spread ? ['--local-ips', '127.0.0.2-127.0.0.251'] : [];
}
