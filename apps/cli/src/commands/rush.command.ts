import { type DropWithStock } from '@holdfast/contracts';
import { LIMITS } from '@holdfast/kernel';
import { ledgerNowMs, ROLES, withLedger } from '@holdfast/postgres';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { LedgerDropStore } from '../../../inventory/src/adapters/postgres/drops/ledger-drop-store';
import type { Answer, CommandContext, Run } from '../command-context';
import { httpAddress, wholeNumber } from '../options';
import { CliFailure } from '../output/cli-failure';
import { startProgress } from '../output/progress';
import { findAddress, findProduct, type Product } from '../product/find-product';
import { OperatorPass } from '../product/operator-pass';
import { checkPromises, type Promises } from '@holdfast/audit';
import { rushReport, rushText } from '../rush/report';
import { type RushOutcome, runRush } from '../rush/run-rush';
import { verifyProduct } from '../product/verify-product';
import { unknownDrop } from './drop.command';

const SHOPPERS_MAX = 1_000_000;
const CONCURRENCY_MAX = 1_000; // sockets of one process, and of the product's listen queue
const CONCURRENCY = 64;
const SEED_MAX = 2 ** 32 - 1;

interface RushOptions {
  drop: string;
  shoppers: number;
  unitsEach: number;
  pay: number;
  concurrency: number;
  seed?: number;
  address?: string;
}

/** `rush`: real HTTP shoppers at the running product, then `verify`. */
export function addRushCommand(program: Command, context: CommandContext, run: Run): void {
  const command = program
    .command('rush')
    .description(
      'simulate shoppers over HTTP against a drop of the running product, report the results, then verify',
    )
    .requiredOption('--drop <id>', 'drop ID')
    .requiredOption('--shoppers <n>', 'number of shoppers', wholeNumber(1, SHOPPERS_MAX))
    .addOption(
      new Option('--units-each <k>', 'units per shopper')
        .argParser(wholeNumber(1, LIMITS.quantityMax))
        .default(1),
    )
    .addOption(
      new Option('--pay <share>', 'share of shoppers with a hold who pay, 0 to 1')
        .argParser(share)
        .default(0),
    )
    .addOption(
      new Option('--concurrency <c>', 'concurrent shoppers')
        .argParser(wholeNumber(1, CONCURRENCY_MAX))
        .default(CONCURRENCY),
    )
    .option('--seed <s>', 'random seed, to repeat an earlier rush', wholeNumber(0, SEED_MAX))
    .option(
      '--address <url>',
      'address of the product; default: the address of the running product',
      httpAddress,
    );
  command.action((options: RushOptions) => run(command, () => rush(context, options), { stopsItself: true }));
}

function share(text: string): number {
  const value = /^\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError('Use a number from 0 to 1.');
}

async function rush(context: CommandContext, options: RushOptions): Promise<Answer> {
  const product = findProduct(context.env);
  const address = options.address ?? findAddress(product);
  await knock(address);
  const before = await withLedger(product.databaseUrl, ROLES.inventory, (pool) =>
    new LedgerDropStore(pool).find('all-merchants', options.drop),
  );
  if (!before) throw new CliFailure(unknownDrop(options.drop));
  if (before.drop.state === 'draft')
    throw new CliFailure(
      `The drop ${options.drop} is a draft and not visible to shoppers. Open it with \`npx holdfast drop open ${options.drop}\`.`,
    );
  const seed = options.seed ?? Math.floor(Math.random() * SEED_MAX);
  const outcome = await send(context, product, { ...options, address, seed }, before);
  const interrupted = context.interrupted.aborted;
  const promises = await withLedger(product.databaseUrl, ROLES.auditor, async (pool) =>
    checkPromises(pool, options.drop, outcome.tally.holds, await ledgerNowMs(pool)),
  );
  const verdict = interrupted ? null : await verifyProduct(product);
  const report = rushReport({ ...outcome, ...promises, seed, verify: verdict });
  return {
    json: report,
    text: rushText(context.terminal.colours, report, outcome.tally),
    exitCode: isSound(outcome, promises) && (verdict?.ok ?? true) ? 0 : 1,
  };
}

const KNOCK_MS = 5_000;

/** Without a product a rush would be a list of errors, long after the first one said it all. */
async function knock(address: string): Promise<void> {
  try {
    await fetch(`${address}/health/live`, { signal: AbortSignal.timeout(KNOCK_MS) });
  } catch {
    throw new CliFailure(
      `No product responds at ${address}. Start it with \`npm start\`, or set its address with --address.`,
    );
  }
}

async function send(
  { terminal, interrupted }: CommandContext,
  { config }: Product,
  options: RushOptions & { address: string; seed: number },
  { drop, stock }: DropWithStock,
): Promise<RushOutcome> {
  terminal.note(
    `${options.shoppers} shoppers, ${options.concurrency} at a time, at ${options.address}/d/${drop.id} (${drop.state}), seed ${options.seed}`,
  );
  const pass = new OperatorPass(config.dataDir);
  const progress = startProgress(terminal, 'shoppers', options.shoppers);
  try {
    return await runRush({
      address: options.address,
      dropId: drop.id,
      skus: stock,
      shoppers: options.shoppers,
      unitsEach: options.unitsEach,
      pay: options.pay,
      concurrency: options.concurrency,
      seed: options.seed,
      passHeaders: () => pass.headers(),
      interrupted,
      onVisit: (visits) => progress.update(visits),
    });
  } finally {
    progress.stop();
  }
}

function isSound({ tally }: RushOutcome, { oversold, lost }: Promises): boolean {
  return tally.errorCount === 0 && oversold === 0 && lost === 0;
}
