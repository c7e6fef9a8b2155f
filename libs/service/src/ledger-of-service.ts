import { hostname } from 'node:os';
import {
  DatabaseClaim,
  DatabaseTaken,
  durabilityWarnings,
  NotASession,
  openClient,
  readServerFacts,
} from '@holdfast/postgres';
import { type Lifetime, StartError } from '@holdfast/process';
import type { ServiceParts } from './service-parts';

const INVALID_URL = 'ERR_INVALID_URL';

/**
 * Checks the ledger before a service uses it. A pooler, another product or an invalid URL ends the start with
 * an explanation; dangerous settings are logged as warnings. If the server is unreachable, the service waits
 * for it.
 */
export async function takeLedger({ config, runtime, log, key }: ServiceParts, life: Lifetime): Promise<void> {
  const url =
    config.service === 'gateway' || config.service === 'rehearsals' ? '' : runtime.ledger[config.service];
  const who = `${config.instance} ${process.pid}@${hostname()}`;
  const onError = (reason: string | null) =>
    reason === null
      ? log.info({}, 'this product has claimed the database again')
      : log.error(
          { reason },
          'another product has claimed the database while its server was unreachable: stop one of the two',
        );
  const options = { url, product: key, who, onError };
  try {
    const client = await openClient({ url, name: 'holdfast-start' });
    const facts = await readServerFacts(client).finally(() => client.end());
    for (const warning of durabilityWarnings(facts)) log.warn({}, warning);
    if (facts.isSuperuser)
      log.warn(
        { login: facts.login },
        'this service has the login of a superuser: give it one of its own (dist/apps/cluster/src/programs/make-logins.js)',
      );
    const claim = await DatabaseClaim.take(options);
    life.onEnd('claim', () => claim.release());
  } catch (error) {
    if ((error as { code?: string }).code === INVALID_URL)
      // The message of PostgreSQL's driver contains the password.
      throw new StartError(
        'DATABASE_URL is not a URL of a PostgreSQL database: postgres://user:password@host:port/database',
      );
    if (error instanceof NotASession)
      throw new StartError(`the PostgreSQL of DATABASE_URL cannot be used: ${error.message}`);
    if (error instanceof DatabaseTaken)
      throw new StartError(
        `the database of DATABASE_URL is in use by another Holdfast (${error.holders.join(', ')}), one with another service key: stop that one, or ` +
          'name another database',
      );
    log.warn({ reason: (error as Error).message }, 'ledger unreachable, retrying');
    const claim = DatabaseClaim.later(options);
    life.onEnd('claim', () => claim.release());
  }
}
