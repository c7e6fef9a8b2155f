import { hostname } from 'node:os';
import type { AppConfig, Secrets } from '@holdfast/config';
import type { Logger } from '@holdfast/observability';
import {
  ClaimBlocked,
  DatabaseClaim,
  DatabaseTaken,
  type LoginUrls,
  migrate,
  openLogins,
  usualLogins,
} from '@holdfast/postgres';
import { StartError } from '@holdfast/process';
import { dropSlotsOfOtherMode } from './idle-slots';
import type { Ledger } from './ledger';
import { migrationSets } from './migration-sets';
import { serverWideSuffix } from './slot-names';

export interface PrepareOptions {
  config: AppConfig;
  secrets: Secrets;
  /** Known to all processes of this product, and to no other. */
  productKey: string;
  log: Logger;
  say: (line: string) => void;
}

export interface PreparedLedger {
  /** How each part of the product reaches it. */
  urls: LoginUrls;
  /** Lets other products in. */
  release(): Promise<void>;
}

/**
 * Takes the database for this product, brings the tables up to date, and makes the logins with which the product runs. Throws `StartError` in
 * words for the person who started the product.
 */
export async function prepareLedger(ledger: Ledger, options: PrepareOptions): Promise<PreparedLedger> {
  const { config, log, say } = options;
  const { adminUrl } = ledger;
  const claimed = await claim(adminUrl, ledger, options);
  try {
    await bringUpToDate(adminUrl);
    const urls = await makeLogins(ledger, options);
    // A connection that stays open must not be one that may do everything.
    const lasting = urls.inventory === adminUrl ? claimed : await claim(urls.inventory, ledger, options);
    if (lasting !== claimed) await claimed.release();
    await dropSlotsOfOtherMode(urls.stream, config.mode, log, say);
    return { urls, release: () => lasting.release() };
  } catch (error) {
    await claimed.release();
    throw error;
  }
}

async function claim(
  url: string,
  { place }: Ledger,
  { config, productKey, log }: PrepareOptions,
): Promise<DatabaseClaim> {
  const who = `${config.mode} ${process.pid}@${hostname()}`;
  const onError = (reason: string | null) =>
    reason === null
      ? log.info({}, 'this product has claimed the database again')
      : log.error(
          { reason },
          'another product has claimed the database while its server was unreachable: stop one of the two',
        );
  try {
    return await DatabaseClaim.take({ url, product: productKey, who, onError });
  } catch (error) {
    if (error instanceof ClaimBlocked) throw new StartError(error.message);
    if (!(error instanceof DatabaseTaken)) throw error;
    throw new StartError(
      `the database is in use by another Holdfast (${error.holders.join(', ')}): ${place}. Both would read its log through one slot, and each ` +
        'would miss what the other has read. Stop that one, or name another database in DATABASE_URL',
    );
  }
}

async function bringUpToDate(url: string): Promise<void> {
  try {
    await migrate(url, migrationSets());
  } catch (error) {
    throw new StartError(`the ledger's tables cannot be brought up to date: ${(error as Error).message}`);
  }
}

async function makeLogins(ledger: Ledger, { config, secrets, say }: PrepareOptions): Promise<LoginUrls> {
  const passwords = {
    inventory: secrets.inventoryDbPassword,
    checkout: secrets.checkoutDbPassword,
    accounts: secrets.accountsDbPassword,
    stream: secrets.cdcPassword,
    operator: secrets.operatorDbPassword,
  };
  const logins = usualLogins(passwords, serverWideSuffix(config.databaseUrl));
  const { urls, givenBecause } = await openLogins(ledger.adminUrl, logins).catch((error: Error) => {
    throw new StartError(`the logins of the product cannot be made: ${error.message}`);
  });
  if (givenBecause !== null && ledger.given?.isSuperuser)
    say(
      `Warning: the product runs with the superuser ${ledger.given.login} of DATABASE_URL, because ${givenBecause}. Whoever breaks into it may do ` +
        'everything on that server: let its logins in (pg_hba.conf), or name a login that only has the roles of Holdfast.',
    );
  return urls;
}
