import { migrate, migrationStatus, ROLES, type MigrationStatus } from '@holdfast/postgres';
import type { Command } from 'commander';
import { LedgerDropCatalogue } from '../../../../inventory/src/adapters/postgres/ledger-drop-catalogue';
import type { Answer, CommandContext, Run } from '../command-context';
import { table } from '../output/table';
import { migrationSets } from '../../process/migration-sets';
import { adminUrl, findProduct } from '../product/find-product';
import { withLedger } from '../../process/with-ledger';

/** `seed` and `migrate`: what a product does at its start, for a database that others run. */
export function addLedgerCommands(program: Command, context: CommandContext, run: Run): void {
  const seed = program
    .command('seed')
    .description('make the first merchant, and the demo drop when there is no drop');
  seed.action(() => run(seed, () => seedLedger(context)));
  const command = program
    .command('migrate')
    .description('bring the tables of the ledger up to date')
    .option('--status', 'only say what is applied and what is not');
  command.action((options: { status?: true }) =>
    run(command, () => migrateLedger(context, options.status === true)),
  );
}

async function seedLedger({ env }: CommandContext): Promise<Answer> {
  const { databaseUrl } = findProduct(env);
  const made = await withLedger(databaseUrl, ROLES.inventory, (pool) =>
    new LedgerDropCatalogue(pool).seed({ demo: true }),
  );
  const text = [
    made.merchantMade
      ? `Made the merchant ${made.merchantId}.`
      : `The merchant ${made.merchantId} is there already.`,
    made.demoDropId
      ? `Made the demo drop ${made.demoDropId}.`
      : 'There is a drop already: no demo drop was made.',
  ];
  return { json: made, text: text.join('\n') };
}

async function migrateLedger({ env, terminal }: CommandContext, statusOnly: boolean): Promise<Answer> {
  const url = adminUrl(findProduct(env));
  const schemas = await (statusOnly ? migrationStatus : migrate)(url, migrationSets());
  const count = (which: 'applied' | 'pending') =>
    schemas.reduce((sum, schema) => sum + schema[which].length, 0);
  const news = statusOnly
    ? `${count('applied')} applied, ${count('pending')} pending.`
    : `${count('applied')} applied now; the tables are up to date.`;
  const rows = schemas.flatMap(rowsOf);
  const text =
    rows.length > 0 ? `${table(terminal.colours, ['schema', 'migration', 'state'], rows)}\n${news}` : news;
  return { json: { schemas }, text };
}

function rowsOf({ schema, applied, pending }: MigrationStatus): string[][] {
  return [
    ...applied.map((name) => [schema, name, 'applied']),
    ...pending.map((name) => [schema, name, 'pending']),
  ];
}
