import { type DropAction, type DropView, type DropWithStock, toDropView } from '@holdfast/contracts';
import { assertNever } from '@holdfast/kernel';
import { ledgerNowMs, ROLES, withLedger } from '@holdfast/postgres';
import type { Command } from 'commander';
import type { Pool } from 'pg';
import { LedgerDropStore } from '../../../inventory/src/adapters/postgres/drops/ledger-drop-store';
import { actOnDrop } from '../../../inventory/src/application/drops/act-on';
import { createAsOperator } from '../../../inventory/src/application/drops/create';
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
import { knownMerchant } from '../product/known-merchant';

const ACTIONS: Record<DropAction, string> = {
  open: 'open the drop now',
  pause: 'stop accepting holds; existing holds can still be paid',
  resume: 'accept holds again',
  close: 'close the drop permanently',
};

/** `drop create|list|show|open|pause|resume|close`: directly on the ledger, drafts included. The operator manages the drops of all merchants. */
export function addDropCommands(program: Command, context: CommandContext, run: Run): void {
  const drop = program.command('drop').description('create, list, show, open, pause, resume and close drops');
  addCreate(drop, context, run);
  const list = drop.command('list').description('list all drops with their counts');
  list.action(() => run(list, () => listDrops(context)));
  const show = drop.command('show').description('show one drop with its counts').argument('<id>', 'drop ID');
  show.action((id: string) => run(show, () => showDrop(context, id)));
  for (const [action, what] of Object.entries(ACTIONS) as [DropAction, string][]) {
    const command = drop.command(action).description(what).argument('<id>', 'drop ID');
    command.action((id: string) => run(command, () => act(context, id, action)));
  }
}

function addCreate(drop: Command, context: CommandContext, run: Run): void {
  const create = drop
    .command('create')
    .description('create a drop from the given SKUs')
    .requiredOption('--name <name>', 'name of the drop', dropName)
    .requiredOption(
      '--item <SKU=units@price>',
      'SKU, units and price, for example TEE-M=100@29.00; can be repeated',
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
      withStore(context, async (store, pool) => {
        const drop = {
          name: options.name,
          description: '',
          imageUrl: null,
          opensAt: options.opensAt ?? null,
          closesAt: options.closesAt ?? null,
          perCustomerLimit: options.limit,
          holdTtlSeconds: options.holdTtl,
          items,
        };
        const owner = await knownMerchant(pool, options.merchant);
        const { onSale, ...made } = await createAsOperator(store, drop, [], owner);
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
    const drops = await new LedgerDropStore(pool).list('all-merchants');
    const nowMs = await ledgerNowMs(pool);
    const items = drops.map((drop) => viewOf(drop, nowMs));
    return { json: { items }, text: dropsText(context.terminal.colours, items) };
  });
}

function showDrop(context: CommandContext, id: string): Promise<Answer> {
  return withStore(context, async (store) => {
    const found = await store.find('all-merchants', id);
    if (!found) throw new CliFailure(unknownDrop(id));
    return found;
  });
}

function act(context: CommandContext, id: string, action: DropAction): Promise<Answer> {
  return withStore(context, async (store) => {
    const outcome = await actOnDrop(store, 'all-merchants', id, action);
    switch (outcome.kind) {
      case 'done':
        return outcome.result;
      case 'not-found':
        throw new CliFailure(unknownDrop(id));
      case 'illegal':
        throw new CliFailure(`Cannot ${action} the drop ${id}: it is ${outcome.state}. Nothing was changed.`);
      default:
        return assertNever(outcome);
    }
  });
}

function withStore(
  { env, terminal }: CommandContext,
  work: (store: LedgerDropStore, pool: Pool) => Promise<DropWithStock>,
): Promise<Answer> {
  const { databaseUrl } = findProduct(env);
  return withLedger(databaseUrl, ROLES.inventory, async (pool) => {
    const done = await work(new LedgerDropStore(pool), pool);
    const view = viewOf(done, await ledgerNowMs(pool));
    return { json: view, text: dropText(terminal.colours, view) };
  });
}

/** Counts straight from the ledger are never stale. */
function viewOf({ drop, stock }: DropWithStock, nowMs: number): DropView {
  return toDropView(drop, stock, nowMs, false);
}

export function unknownDrop(id: string): string {
  return `Drop ${JSON.stringify(id)} not found. Run \`npx holdfast drop list\` to see all drops.`;
}
