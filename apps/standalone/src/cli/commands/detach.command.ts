import { holdersOf, openClient } from '@holdfast/postgres';
import type { Command } from 'commander';
import { SLOT_PREFIXES } from '../../process/idle-slots';
import type { Answer, CommandContext, Run } from '../command-context';
import { CliFailure } from '../output/cli-failure';
import { findProduct } from '../product/find-product';
import { sql } from '../product/sql/sql.generated';

/** `detach`: what the product leaves in a PostgreSQL that somebody else runs, and that costs something while it is away. */
export function addDetachCommand(program: Command, context: CommandContext, run: Run): void {
  const command = program
    .command('detach')
    .description(
      'drop the replication slot that a stopped product has left in the PostgreSQL of DATABASE_URL',
    )
    .addHelpText(
      'after',
      '\nWhile Holdfast is stopped, PostgreSQL keeps its log for the slot. The ledger itself, the logins and the roles stay: the next start makes ' +
        'a new slot and misses nothing. Refused while a product runs on the database.',
    );
  command.action(() => run(command, () => detach(context)));
}

interface Slot {
  name: string;
  active: boolean;
  dropped: boolean;
}

async function detach({ env }: CommandContext): Promise<Answer> {
  const { databaseUrl, run } = findProduct(env);
  const busy = (who: string) =>
    new CliFailure(`A product is running on this database (${who}): stop it first. Nothing was dropped.`);
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
        `Somebody reads ${read.join(', ')} at this moment, such as a Kafka Connect that still has our connector: stop that first, then run this again.`,
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
      ? `Dropped ${dropped.join(', ')}: PostgreSQL keeps no log for Holdfast any more.`
      : 'There is no replication slot of Holdfast in this database.';
  const rest =
    kept.length > 0
      ? `These stay, with all that was sold; the next start goes on with them:\n  ${kept.join('\n  ')}`
      : 'Nothing else of Holdfast is in this database.';
  return { json: { dropped, stays }, text: `${done}\n${rest}` };
}
