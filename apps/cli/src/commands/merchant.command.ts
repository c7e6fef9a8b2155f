import { type Merchant, newMerchantId } from '@holdfast/contracts';
import { LIMITS } from '@holdfast/kernel';
import { ROLES, withLedger } from '@holdfast/postgres';
import { type Command, InvalidArgumentError } from 'commander';
import { LedgerMerchants } from '../../../inventory/src/adapters/postgres/drops/ledger-merchants';
import { shareMerchants, withAccounts } from '../../../standalone/src/startup/share-merchants';
import type { Answer, CommandContext, Run } from '../command-context';
import { table } from '../output/table';
import { findProduct } from '../product/find-product';

/** `merchant create|list`: the merchants of the installation. */
export function addMerchantCommands(program: Command, context: CommandContext, run: Run): void {
  const merchant = program.command('merchant').description('create and list merchants');
  const create = merchant
    .command('create')
    .description('create a merchant; give it an owner with `staff add`')
    .requiredOption('--name <name>', 'name of the merchant', merchantName);
  create.action(({ name }: { name: string }) => run(create, () => createMerchant(context, name)));
  const list = merchant.command('list').description('list all merchants');
  list.action(() => run(list, () => listMerchants(context)));
}

function merchantName(text: string): string {
  const name = text.trim();
  if (name === '' || name.length > LIMITS.nameLengthMax)
    throw new InvalidArgumentError(`must have 1 to ${LIMITS.nameLengthMax} characters`);
  return name;
}

/** In accounts, which owns merchants, then where its drops refer to it; what a crash leaves between the two is made up at the next start. */
async function createMerchant({ env }: CommandContext, name: string): Promise<Answer> {
  const { databaseUrl } = findProduct(env);
  const merchantId = newMerchantId();
  await withAccounts(databaseUrl, (desk) => desk.createMerchant(merchantId, name));
  await withLedger(databaseUrl, ROLES.inventory, (pool) =>
    new LedgerMerchants(pool).insert(merchantId, name),
  );
  return { json: { merchantId }, text: `Created merchant ${merchantId}.` };
}

async function listMerchants({ env, terminal }: CommandContext): Promise<Answer> {
  const { databaseUrl } = findProduct(env);
  await shareMerchants({ inventory: databaseUrl, accounts: databaseUrl });
  const merchants = await withAccounts(databaseUrl, (desk) => desk.listMerchants());
  const items = merchants.map(({ id, name, createdAt }: Merchant) => ({ id, name, createdAt }));
  const rows = items.map(({ id, name, createdAt }) => [id, name, createdAt]);
  return { json: { items }, text: table(terminal.colours, ['merchant', 'name', 'created'], rows) };
}
