import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The clone that the tests run in; found from wherever this file was compiled to. */
export const REPOSITORY = findRoot(__dirname);

function findRoot(folder: string): string {
  if (existsSync(join(folder, 'package-lock.json'))) return folder;
  return findRoot(dirname(folder));
}

let built: string | null = null;

/** Builds the product when a source has changed, once in a test file and not at all where `npm test` did; returns the name of the build. */
export function ensureBuild(): string {
  built ??= process.env['HOLDFAST_TEST_BUILD'] ?? null;
  if (built === null) {
    execFileSync(process.execPath, [join(REPOSITORY, 'tools', 'lib', 'prepare.mjs')], {
      cwd: REPOSITORY,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    built = readFileSync(join(REPOSITORY, 'dist', 'build.sha256'), 'utf8').trim();
  }
  return built;
}
