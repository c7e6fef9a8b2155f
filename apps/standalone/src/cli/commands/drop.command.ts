import { type DropAction, type DropView, type DropWithStock, toDropView } from '@holdfast/contracts';
import { assertNever } from '@holdfast/kernel';
import { ROLES } from '@holdfast/postgres';
import type { Command } from 'commander';
import type { Pool } from 'pg';
import { LedgerDropCatalogue } from '../../../../inventory/src/adapters/postgres/ledger-drop-catalogue';
import type { Answer, CommandContext, Run } from '../command-context';
import {
  addDropOptions,
  checkTimes,
  dropName,
  type DropOptions,
  type ItemOption,
  itemOption,
  priceMinorOf,
} from '../options';
import { CliFailure } from '../output/cli-failure';
import { dropsText, dropText } from '../output/drop-text';
import { onSaleNote, tellShopAddress } from '../output/new-drop-notes';
import { findProduct } from '../product/find-product';
import { ledgerNowMs, withLedger } from '../../process/with-ledger';

const ACTIONS: Record<DropAction, string> = {
  open: 'open it now',
  pause: 'stop new holds; those held may still pay',
  resume: 'take holds again',
  close: 'end it for good',
};

/** `drop create|list|show|open|pause|resume|close`: straight on the ledger, drafts included. */
export function addDropCommands(program: Command, context: CommandContext, run: Run): void {
  const drop = program.command('drop').description('make drops, look at them, open and close them');
  addCreate(drop, context, run);
  const list = drop.command('list').description('all drops with their counts');
  list.action(() => run(list, () => listDrops(context)));
  const show = drop
    .command('show')
    .description('one drop with its counts')
    .argument('<id>', 'id of the drop');
  show.action((id: string) => run(show, () => showDrop(context, id)));
  for (const [action, what] of Object.entries(ACTIONS) as [DropAction, string][]) {
    const command = drop.command(action).description(what).argument('<id>', 'id of the drop');
    command.action((id: string) => run(command, () => act(context, id, action)));
  }
}

function addCreate(drop: Command, context: CommandContext, run: Run): void {
  const create = drop
    .command('create')
    .description('make a drop from SKUs named on the line')
    .requiredOption('--name <name>', 'what it is called', dropName)
    .requiredOption(
      '--item <SKU=units@price>',
      'what it sells, such as TEE-M=100@29.00; may be repeated',
      itemOption,
    );
  addDropOptions(create);
  create.action((options: DropOptions & { name: string; item: ItemOption[] }) => {
    checkTimes(create, options, Date.now());
    const items = options.item.map((item) => ({
      sku: item.sku,
      name: item.sku,
      imageUrl: null,
      priceMinor: priceMinorOf(create, item, options.currency),
      currency: options.currency,
      units: item.units,
    }));
    return run(create, () =>
      withCatalogue(context, async (catalogue) => {
        const onSale = await catalogue.skusOnSale(items.map(({ sku }) => sku));
        const made = await catalogue.create({
          name: options.name,
          description: '',
          imageUrl: null,
          opensAt: options.opensAt ?? null,
          closesAt: options.closesAt ?? null,
          perCustomerLimit: options.limit,
          holdTtlSeconds: options.holdTtl,
          items,
        });
        for (const on of onSale) context.terminal.note(onSaleNote(on));
        tellShopAddress(context, made.drop);
        return made;
      }),
    );
  });
}

function listDrops(context: CommandContext): Promise<Answer> {
  const { databaseUrl } = findProduct(context.env);
  return withLedger(databaseUrl, ROLES.inventory, async (pool) => {
    const drops = await new LedgerDropCatalogue(pool).list();
    const nowMs = await ledgerNowMs(pool);
    const items = drops.map((drop) => viewOf(drop, nowMs));
    return { json: { items }, text: dropsText(context.terminal.colours, items) };
  });
}

function showDrop(context: CommandContext, id: string): Promise<Answer> {
  return withCatalogue(context, async (catalogue) => {
    const found = await catalogue.get(id);
    if (!found) throw new CliFailure(unknownDrop(id));
    return found;
  });
}

function act(context: CommandContext, id: string, action: DropAction): Promise<Answer> {
  return withCatalogue(context, async (catalogue) => {
    const outcome = await catalogue.act(id, action);
    switch (outcome.kind) {
      case 'done':
        return outcome.result;
      case 'not-found':
        throw new CliFailure(unknownDrop(id));
      case 'illegal':
        throw new CliFailure(
          `The drop ${id} is ${outcome.state}: ${action} does not go with that. Nothing was changed.`,
        );
      default:
        return assertNever(outcome);
    }
  });
}

function withCatalogue(
  { env, terminal }: CommandContext,
  work: (catalogue: LedgerDropCatalogue, pool: Pool) => Promise<DropWithStock>,
): Promise<Answer> {
  const { databaseUrl } = findProduct(env);
  return withLedger(databaseUrl, ROLES.inventory, async (pool) => {
    const done = await work(new LedgerDropCatalogue(pool), pool);
    const view = viewOf(done, await ledgerNowMs(pool));
    return { json: view, text: dropText(terminal.colours, view) };
  });
}

/** Counts straight from the ledger are never stale. */
function viewOf({ drop, stock }: DropWithStock, nowMs: number): DropView {
  return toDropView(drop, stock, nowMs, false);
}

export function unknownDrop(id: string): string {
  return `There is no drop ${JSON.stringify(id)}. \`npx holdfast drop list\` shows all.`;
}
