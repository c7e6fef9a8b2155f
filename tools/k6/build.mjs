#!/usr/bin/env node
// Builds .tools/k6/<version>/k6, once per version: k6 with our reader of server-sent events. Needs Go; the first time takes minutes.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

/** @returns {string} the path of the program; throws an Error that says what to do */
export function ensureK6({ say = () => undefined, tools = resolve(here, '../../.tools') } = {}) {
  const folder = join(tools, `k6-${sourcesHash()}`);
  const program = join(folder, 'k6');
  if (existsSync(program)) return program;
  say('Building k6 (once; some minutes on two cores) …');
  mkdirSync(folder, { recursive: true });
  const draft = `${program}.${process.pid}`;
  // Niced: a build that takes both cores would spoil whatever is measured beside it.
  const args = ['-n', '15', 'go', 'build', '-trimpath', '-ldflags', '-s -w', '-o', draft, '.'];
  const { error, status, stderr } = spawnSync('nice', args, { cwd: here, encoding: 'utf8' });
  if (error || status === 127)
    throw new Error('k6 cannot be built: there is no Go on PATH (1.26 or newer, https://go.dev/dl)');
  if (status !== 0)
    throw new Error(`k6 cannot be built; is the Go module proxy reachable?\n${stderr.slice(-2000)}`);
  renameSync(draft, program);
  say(`k6 is in ${program}`);
  return program;
}

function sourcesHash() {
  const hash = createHash('sha256');
  for (const file of [
    'go.mod',
    'go.sum',
    'main.go',
    ...readdirSync(join(here, 'sse'))
      .sort()
      .map((name) => `sse/${name}`),
  ]) {
    hash.update(file).update(readFileSync(join(here, file)));
  }
  return hash.digest('hex').slice(0, 12);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    console.log(ensureK6({ say: (line) => console.error(line) }));
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
