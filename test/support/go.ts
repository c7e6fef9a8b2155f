import { spawnSync } from 'node:child_process';

/** Where there is no Go, what needs it is left out loudly on a person's machine; in CI it runs and fails. */
export function describeWithGo(title: string, body: () => void): void {
  const missing = spawnSync('go', ['version'], { stdio: 'ignore' }).status !== 0;
  if (!missing || process.env['CI'] === 'true') return describe(title, body);
  console.warn(`SKIPPED, there is no Go on PATH: ${title}`);
  describe.skip(title, body);
}
