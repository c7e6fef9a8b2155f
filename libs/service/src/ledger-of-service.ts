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

/**
 * Looks at the ledger before a service works on it: a pooler, or the product of somebody else, ends the start in plain words, and what is
 * dangerous is said. A server that is away ends nothing: the service waits for it.
 */
export async function takeLedger({ config, runtime, log, key }: ServiceParts, life: Lifetime): Promise<void> {
  const url = runtime.ledger[config.service === 'checkout' ? 'checkout' : 'inventory'];
  const who = `${config.instance} ${process.pid}@${hostname()}`;
  const onTrouble = (reason: string | null) =>
    reason === null
      ? log.info({}, 'the database belongs to this product again')
      : log.error(
          { reason },
          'another product took the database while its server was away: stop one of the two',
        );
  const options = { url, product: key, who, onTrouble };
  try {
    const client = await openClient({ url, name: 'holdfast-start' });
    const facts = await readServerFacts(client).finally(() => client.end());
    for (const warning of durabilityWarnings(facts)) log.warn({}, warning);
    if (facts.isSuperuser)
      log.warn(
        { login: facts.login },
        'this service has the login of a superuser: give it one of its own (tools/cluster/make-logins.mjs)',
      );
    const claim = await DatabaseClaim.take(options);
    life.onEnd('claim', () => claim.release());
  } catch (error) {
    if (error instanceof NotASession)
      throw new StartError(`the PostgreSQL of DATABASE_URL cannot be used: ${error.message}`);
    if (error instanceof DatabaseTaken)
      throw new StartError(
        `the database of DATABASE_URL is in use by another Holdfast (${error.holders.join(', ')}), one with another service key: stop that one, or ` +
          'name another database',
      );
    log.warn({ reason: (error as Error).message }, 'the ledger does not answer yet');
    const claim = DatabaseClaim.later(options);
    life.onEnd('claim', () => claim.release());
  }
}
