import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type AppConfig, loadConfig, loadSecrets } from '@holdfast/config';
import { EMBEDDED_SUPERUSER, withLogin } from '@holdfast/postgres';
import { readRunState, type RunState } from '@holdfast/process';
import { CliFailure } from '../output/cli-failure';

/** The product that a command works on. */
export interface Product {
  config: AppConfig;
  databaseUrl: string;
  /** Null when only the database is known, and not whether a product runs on it. */
  run: RunState | null;
}

export type Env = Readonly<Record<string, string | undefined>>;

/**
 * The login that may migrate: the one of `DATABASE_URL`, or the superuser of the embedded server, whose password is in the data folder. The running
 * product's own login may not.
 */
export function adminUrl({ config, databaseUrl }: Product): string {
  const secrets = join(config.dataDir, 'secrets.json');
  if (config.databaseUrl !== null || !existsSync(secrets)) return databaseUrl;
  return withLogin(databaseUrl, EMBEDDED_SUPERUSER, loadSecrets(config.dataDir).databasePassword);
}

/** `DATABASE_URL` if set, else the product that runs on the data folder. Throws `CliFailure` when there is none. */
export function findProduct(env: Env): Product {
  const config = loadConfig(env);
  const run = findRun(config.dataDir);
  if (config.databaseUrl !== null) {
    const same = run !== null && sameDatabase(run.databaseUrl, config.databaseUrl);
    return { config, databaseUrl: config.databaseUrl, run: same ? run : null };
  }
  if (run === null) throw new CliFailure(notRunning(config.dataDir));
  return { config, databaseUrl: run.databaseUrl, run };
}

function notRunning(dataDir: string): string {
  const near = relative(process.cwd(), dataDir);
  const place = near === '' || near.startsWith('..') ? dataDir : near;
  return `No product is running on ${place}. Start it with \`npm start\` (or \`npm run cluster\`).`;
}

/** Null when no product runs on the folder. */
export function findRun(dataDir: string): RunState | null {
  try {
    return readRunState(dataDir);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CliFailure(
      `The state of the product in ${dataDir} cannot be read (${code ?? 'unknown error'}). Run this command as the user who started the product.`,
    );
  }
}

/** Compares server and database; user, password and parameters may differ. */
function sameDatabase(a: string, b: string): boolean {
  const place = (text: string) => {
    const url = new URL(text);
    const host = url.hostname === 'localhost' ? '127.0.0.1' : url.hostname;
    return `${host}:${url.port || '5432'}${url.pathname}`;
  };
  try {
    return place(a) === place(b);
  } catch {
    return false;
  }
}

/** The product's address from run.json, else (if only its database is known) the one that follows from these settings. */
export function findAddress({ run, config }: Product): string {
  if (run) return run.address;
  const wildcard = config.host === '0.0.0.0' || config.host === '::';
  const host = wildcard ? '127.0.0.1' : config.host;
  return `http://${host.includes(':') ? `[${host}]` : host}:${config.port}`;
}
