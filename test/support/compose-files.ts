import { execFileSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from './repository';

/** A service of docker-compose.yml as its checker prints it. */
export interface ComposeService {
  image: string;
  profiles: string[];
  entrypoint: string[] | null;
  command: string[] | null;
  environment: Record<string, string>;
  health: string[] | null;
  needs: string[];
  networks: string[];
  secrets: string[] | null;
  volumes: string[] | null;
}

const CHECKER = join(REPOSITORY, 'test/support/compose-check');
const MOUNTED = '/run/secrets/';

export const composeChecker = (...args: string[]) =>
  execFileSync('go', args, { cwd: CHECKER, encoding: 'utf8', stdio: 'pipe' });

export const composeServices = () =>
  JSON.parse(composeChecker('run', '.', '-services', join(REPOSITORY, 'docker-compose.yml'))) as Record<
    string,
    ComposeService
  >;

/** Makes .env and the files of the containers in `folder`; returns where those are. */
export function makeComposeSecrets(folder: string): string {
  const script = 'tools/cluster/compose-env.mjs';
  cpSync(join(REPOSITORY, script), join(folder, script), { recursive: true });
  execFileSync(process.execPath, [join(folder, script)], { stdio: 'pipe' });
  return join(folder, '.secrets');
}

/** What a container finds under /run/secrets, here. */
export function withSecretsAt(folder: string, environment: Record<string, string>): Record<string, string> {
  const here = ([name, value]: [string, string]) => [name, value.replaceAll(MOUNTED, `${folder}/`)];
  return Object.fromEntries(Object.entries(environment).map(here)) as Record<string, string>;
}
