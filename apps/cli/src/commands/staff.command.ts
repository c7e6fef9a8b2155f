import {
  emailAddress,
  linkUrl,
  newSecret,
  secretHash,
  STAFF_ROLES,
  type StaffRole,
  type WeakPassword,
} from '@holdfast/contracts';
import { assertNever, LIMITS } from '@holdfast/kernel';
import { ROLES, withLedger } from '@holdfast/postgres';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { LedgerDropStore } from '../../../inventory/src/adapters/postgres/drops/ledger-drop-store';
import { shareMerchants, withAccounts } from '../../../standalone/src/startup/share-merchants';
import type { Answer, CommandContext, Run } from '../command-context';
import { CliFailure } from '../output/cli-failure';
import { findAddress, findProduct, type Product } from '../product/find-product';
import { readSecretLine } from '../read-secret-line';

interface AddOptions {
  email: string;
  role: StaffRole;
  name?: string;
  merchant?: string;
  passwordStdin?: true;
}

/** `staff add|link`: people of a merchant, and the way back for who cannot sign in. */
export function addStaffCommands(program: Command, context: CommandContext, run: Run): void {
  const staff = program.command('staff').description('add people to a merchant, and create sign-in links');
  const add = staff
    .command('add')
    .description('add a person to a merchant; prints a one-time link that is valid for an hour')
    .requiredOption('--email <address>', 'email address, with which the person signs in', email)
    .addOption(new Option('--role <role>', 'role').choices(STAFF_ROLES).makeOptionMandatory())
    .option('--name <name>', 'name of the person (default: the beginning of the address)', personName)
    .option('--merchant <id>', 'merchant ID (default: the first merchant)')
    .option('--password-stdin', 'read the password from standard input, and print no link');
  add.action((options: AddOptions) => run(add, () => addStaff(context, options)));
  const link = staff
    .command('link')
    .description('create a one-time link with which a person sets a new password; older links stop working')
    .requiredOption('--email <address>', 'email address of the person', email)
    .option('--reset-mfa', 'also remove the second factor, for a person who has lost it');
  link.action((options: { email: string; resetMfa?: true }) => run(link, () => makeLink(context, options)));
}

function email(text: string): string {
  const read = emailAddress.safeParse(text);
  if (!read.success) throw new InvalidArgumentError(read.error.issues[0]!.message);
  return read.data;
}

function personName(text: string): string {
  const name = text.trim();
  if (name === '' || name.length > LIMITS.nameLengthMax)
    throw new InvalidArgumentError(`must have 1 to ${LIMITS.nameLengthMax} characters`);
  return name;
}

async function addStaff(context: CommandContext, options: AddOptions): Promise<Answer> {
  const product = findProduct(context.env);
  const { databaseUrl } = product;
  const password = options.passwordStdin ? await readSecretLine(context.terminal.streams.in) : null;
  const token = newSecret();
  const merchantId = options.merchant ?? (await firstMerchant(databaseUrl));
  const outcome = await withAccounts(databaseUrl, (desk) =>
    desk.addStaff({
      merchantId,
      email: options.email,
      name: options.name ?? options.email.split('@')[0]!,
      role: options.role,
      entry: password === null ? { linkHash: secretHash(token) } : { password },
    }),
  );
  switch (outcome.kind) {
    case 'added': {
      const inviteUrl = password === null ? urlOf(product, token) : null;
      const { id: staffId } = outcome.staff;
      const text = [
        `Added ${outcome.staff.email} as ${outcome.staff.role}.`,
        ...(inviteUrl ? [`One-time link, valid for an hour: ${inviteUrl}`] : []),
      ];
      return { json: { staffId, merchantId, inviteUrl }, text: text.join('\n') };
    }
    case 'email-taken':
      throw new CliFailure(
        `${options.email} is on the staff already. Create a new link with \`npx holdfast staff link --email ${options.email}\`.`,
      );
    case 'not-found':
      throw new CliFailure(
        `Merchant ${JSON.stringify(merchantId)} not found. Run \`npx holdfast merchant list\` to see all merchants.`,
      );
    case 'weak-password':
      throw new CliFailure(`The password ${WEAK[outcome.why]}. Nothing was changed.`);
    default:
      return assertNever(outcome);
  }
}

const WEAK: Record<WeakPassword, string> = {
  'too-short': 'is too short: use 12 characters or more',
  'too-long': 'is too long: use 256 characters or fewer',
  common: 'is one of the most common passwords: choose another one',
};

/** The one whom drops without a merchant belong to. Accounts knows it afterwards. */
async function firstMerchant(databaseUrl: string): Promise<string> {
  const { merchantId } = await withLedger(databaseUrl, ROLES.inventory, (pool) =>
    new LedgerDropStore(pool).ensureFirstMerchant(),
  );
  await shareMerchants({ inventory: databaseUrl, accounts: databaseUrl });
  return merchantId;
}

async function makeLink(
  { env }: CommandContext,
  options: { email: string; resetMfa?: true },
): Promise<Answer> {
  const product = findProduct(env);
  const token = newSecret();
  const isMade = await withAccounts(product.databaseUrl, (desk) =>
    desk.makeLink({
      email: options.email,
      linkHash: secretHash(token),
      resetMfa: options.resetMfa ?? false,
    }),
  );
  if (!isMade)
    throw new CliFailure(
      `${options.email} belongs to nobody on the staff. Add the person with \`npx holdfast staff add\`.`,
    );
  const url = urlOf(product, token);
  return { json: { url }, text: `One-time link, valid for an hour: ${url}` };
}

const urlOf = (product: Product, token: string): string =>
  linkUrl(product.config.publicAddress ?? findAddress(product), token);
