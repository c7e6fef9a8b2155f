import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type AppConfig, loadConfig, loadSecrets } from '@holdfast/config';
import { EMBEDDED_SUPERUSER, withLogin } from '@holdfast/postgres';
import { CliFailure } from '../output/cli-failure';
import { readRunState, type RunState } from './run-state';

/** The product that a command speaks to. */
export interface Product {
  config: AppConfig;
  databaseUrl: string;
  /** Null when only the database is known: then nobody can say whether a product runs on it. */
  run: RunState | null;
}

export type Env = Readonly<Record<string, string | undefined>>;

/**
 * The login that may migrate: the one of `DATABASE_URL`, or the superuser of the embedded server, whose password lies in the data folder; the
 * running product's own may not.
 */
export function adminUrl({ config, databaseUrl }: Product): string {
  const secrets = join(config.dataDir, 'secrets.json');
  if (config.databaseUrl !== null || !existsSync(secrets)) return databaseUrl;
  return withLogin(databaseUrl, EMBEDDED_SUPERUSER, loadSecrets(config.dataDir).databasePassword);
}

/** `DATABASE_URL` if set, else the product that runs on the data folder. Throws `CliFailure` when there is none. */
export function findProduct(env: Env): Product {
  const config = loadConfig(env);
  const run = readState(config.dataDir);
  if (config.databaseUrl !== null) {
    const same = run !== null && sameDatabase(run.databaseUrl, config.databaseUrl);
    return { config, databaseUrl: config.databaseUrl, run: same ? run : null };
  }
  if (run === null) throw new CliFailure(notRunning(config.dataDir));
  return { config, databaseUrl: run.databaseUrl, run };
}

export function notRunning(dataDir: string): string {
  const near = relative(process.cwd(), dataDir);
  const place = near === '' || near.startsWith('..') ? dataDir : near;
  return `No product is running on ${place}: start it with \`npm start\` (or \`npm run cluster\`).`;
}

function readState(dataDir: string): RunState | null {
  try {
    return readRunState(dataDir);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CliFailure(
      `The state of the product in ${dataDir} cannot be read (${code ?? 'unknown error'}): run this command as the user who started it.`,
    );
  }
}

/** Server and database decide; user, password and parameters may differ. */
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

/** Where the product listens: what it wrote down, else (only its database is known) where these settings would make it listen. */
export function findAddress({ run, config }: Product): string {
  if (run) return run.address;
  const wildcard = config.host === '0.0.0.0' || config.host === '::';
  const host = wildcard ? '127.0.0.1' : config.host;
  return `http://${host.includes(':') ? `[${host}]` : host}:${config.port}`;
}
