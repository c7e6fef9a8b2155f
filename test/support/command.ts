import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { REPOSITORY } from './repository';

export interface CommandAnswer {
  code: number | null;
  /** The one JSON document of standard output; null when there was none. */
  json: unknown;
  stdout: string;
  stderr: string;
}

/** Runs the product's command line as its own process, with `--json`. */
export function runCommand(args: readonly string[], env: NodeJS.ProcessEnv): Promise<CommandAnswer> {
  return runTool('holdfast.mjs', [...args, '--json'], env);
}

/** Runs one of the programs in `tools/`. */
export function runTool(
  name: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<CommandAnswer> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(REPOSITORY, 'tools', name), ...args], {
      cwd: REPOSITORY,
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, json: parse(stdout), stdout, stderr }));
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
