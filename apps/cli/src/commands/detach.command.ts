import { loadConfig } from '@holdfast/config';
import { holdersOf, openClient } from '@holdfast/postgres';
import type { Command } from 'commander';
import { SLOT_PREFIXES } from '../../../standalone/src/startup/idle-slots';
import type { Answer, CommandContext, Run } from '../command-context';
import { CliFailure } from '../output/cli-failure';
import { findProduct, findRun } from '../product/find-product';
import { sql } from '../product/sql/sql.generated';

/**
 * `detach`: removes what the product leaves in an external PostgreSQL and that uses resources while it is
 * stopped.
 */
export function addDetachCommand(program: Command, context: CommandContext, run: Run): void {
  const command = program
    .command('detach')
    .description('drop the replication slot that a stopped product left in the PostgreSQL of DATABASE_URL')
    .addHelpText(
      'after',
      '\nWhile Holdfast is stopped, the slot makes PostgreSQL retain WAL. The ledger, logins and roles are kept: the next start creates ' +
        'a new slot, and nothing is lost. Refused while a product is using the database.',
    );
  command.action(() => run(command, () => detach(context)));
}

const NO_DATABASE =
  'DATABASE_URL is not set: name the PostgreSQL whose replication slot is to be dropped. The embedded PostgreSQL needs none of this: it stops with the product.';

interface Slot {
  name: string;
  active: boolean;
  dropped: boolean;
}

async function detach({ env }: CommandContext): Promise<Answer> {
  const config = loadConfig(env);
  if (config.databaseUrl === null && findRun(config.dataDir) === null) throw new CliFailure(NO_DATABASE);
  const { databaseUrl, run } = findProduct(env);
  const busy = (who: string) =>
    new CliFailure(`A product is using this database (${who}). Stop it first. Nothing was dropped.`);
  if (run !== null) throw busy(`process ${run.pid}, ${run.address}`);
  const client = await openClient({ url: databaseUrl, name: 'holdfast-cli' });
  try {
    const holders = await holdersOf(client);
    if (holders.length > 0) throw busy(holders.join(', '));
    const prefixes = Object.values(SLOT_PREFIXES);
    const { rows: slots } = await client.query<Slot>(sql.dropSlots.text, [prefixes]);
    const { rows: stays } = await client.query<{ kind: string; names: string[] }>(sql.whatStays.text);
    const read = slots.filter(({ active }) => active).map(({ name }) => name);
    if (read.length > 0)
      throw new CliFailure(
        `${read.join(', ')} is in use, for example by a Kafka Connect that still runs the connector. Stop it, then run this command again.`,
      );
    return answerOf(
      slots.map(({ name }) => name),
      stays,
    );
  } finally {
    await client.end();
  }
}

function answerOf(dropped: string[], rows: readonly { kind: string; names: string[] }[]): Answer {
  const stays = Object.fromEntries(rows.map(({ kind, names }) => [kind, names]));
  const kept = rows
    .filter(({ names }) => names.length > 0)
    .map(({ kind, names }) => `${kind}: ${names.join(', ')}`);
  const done =
    dropped.length > 0
      ? `Dropped ${dropped.join(', ')}. PostgreSQL no longer retains WAL for Holdfast.`
      : 'This database has no replication slot of Holdfast.';
  const rest =
    kept.length > 0
      ? `Kept, with all sales data, for the next start:\n  ${kept.join('\n  ')}`
      : 'This database contains nothing else of Holdfast.';
  return { json: { dropped, stays }, text: `${done}\n${rest}` };
}
