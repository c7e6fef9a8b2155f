import { ROLES, withLedger } from '@holdfast/postgres';
import type { Command } from 'commander';
import { LedgerDropStore } from '../../../inventory/src/adapters/postgres/drops/ledger-drop-store';
import { COMMAND_LINE } from '../../../inventory/src/application/drops/create';
import { seedLedger } from '../../../inventory/src/application/drops/seed';
import { shareMerchants } from '../../../standalone/src/startup/share-merchants';
import type { Answer, CommandContext, Run } from '../command-context';
import { findProduct } from '../product/find-product';

/** What a product does at its start, for a database that others run. */
export function addSeedCommand(program: Command, context: CommandContext, run: Run): void {
  const command = program
    .command('seed')
    .description('create the first merchant, and the demo drop if there are no drops');
  command.action(() => run(command, () => answerSeed(context)));
}

async function answerSeed({ env }: CommandContext): Promise<Answer> {
  const { databaseUrl } = findProduct(env);
  const made = await withLedger(databaseUrl, ROLES.inventory, (pool) =>
    seedLedger(new LedgerDropStore(pool), { demo: true, by: COMMAND_LINE }),
  );
  await shareMerchants({ inventory: databaseUrl, accounts: databaseUrl });
  const text = [
    made.merchantMade
      ? `Created merchant ${made.merchantId}.`
      : `Merchant ${made.merchantId} already exists.`,
    made.demoDropId
      ? `Created demo drop ${made.demoDropId}.`
      : 'No demo drop was created: there are drops already.',
  ];
  return { json: made, text: text.join('\n') };
}
