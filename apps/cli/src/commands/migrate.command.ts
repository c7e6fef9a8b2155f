import { migrate, migrationStatus, type MigrationStatus } from '@holdfast/postgres';
import type { Command } from 'commander';
import { migrationSets } from '../../../standalone/src/startup/migration-sets';
import type { Answer, CommandContext, Run } from '../command-context';
import { table } from '../output/table';
import { adminUrl, findProduct } from '../product/find-product';

/** What a product does at its start, for a database that others run. */
export function addMigrateCommand(program: Command, context: CommandContext, run: Run): void {
  const command = program
    .command('migrate')
    .description('apply pending migrations to the ledger')
    .option('--status', 'only show applied and pending migrations');
  command.action((options: { status?: true }) =>
    run(command, () => migrateLedger(context, options.status === true)),
  );
}

async function migrateLedger({ env, terminal }: CommandContext, statusOnly: boolean): Promise<Answer> {
  const url = adminUrl(findProduct(env));
  const schemas = await (statusOnly ? migrationStatus : migrate)(url, migrationSets());
  const count = (which: 'applied' | 'pending') =>
    schemas.reduce((sum, schema) => sum + schema[which].length, 0);
  const news = statusOnly
    ? `${count('applied')} applied, ${count('pending')} pending.`
    : `${count('applied')} applied. The ledger is up to date.`;
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
