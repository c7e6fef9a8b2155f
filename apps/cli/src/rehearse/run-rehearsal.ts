import type { Rehearsal, RehearsalSettings, Rehearsals } from '@holdfast/contracts';
import { ROLES, withLedger } from '@holdfast/postgres';
import { LedgerDropStore } from '../../../inventory/src/adapters/postgres/drops/ledger-drop-store';
import { LedgerRehearsals } from '../../../inventory/src/adapters/postgres/rehearsals/ledger-rehearsals';
import { COMMAND_LINE } from '../../../inventory/src/application/drops/create';
import type { CommandContext } from '../command-context';
import { unknownDrop } from '../commands/drop.command';
import { CliFailure } from '../output/cli-failure';
import { fetchHealth } from '../product/fetch-health';
import { findAddress, findProduct, findRun, type Product } from '../product/find-product';
import { followRehearsal } from './follow-rehearsal';
import { rehearseProgress } from './rehearse-progress';
import { startRehearsal } from './start-rehearsal';

export interface Finished {
  rehearsal: Rehearsal;
  /** What the report is made of. */
  evidence: Awaited<ReturnType<Rehearsals['rehearsalReport']>>;
}

/**
 * Asks for a rehearsal as a merchant would, in the ledger: the product's runner takes it over. Resolves when it has ended. Throws
 * `CliFailure` when none could be started or followed.
 */
export async function runRehearsal(
  context: CommandContext,
  dropId: string,
  settings: (units: number) => RehearsalSettings,
): Promise<Finished> {
  const product = findProduct(context.env);
  await needRunning(product);
  const found = await withLedger(product.databaseUrl, ROLES.inventory, (pool) =>
    new LedgerDropStore(pool).find('all-merchants', dropId),
  );
  if (!found) throw new CliFailure(unknownDrop(dropId), 2);
  const { merchantId } = found.drop;
  const units = found.stock.reduce((sum, { total }) => sum + total, 0);
  return withLedger(product.databaseUrl, ROLES.inventoryMerchant, async (pool) => {
    const rehearsals = new LedgerRehearsals(pool);
    const started = await startRehearsal(rehearsals, { merchantId, dropId }, settings(units));
    const rehearsal = await follow(context, { product, rehearsals, merchantId, started });
    const ref = { merchantId, dropId, rehearsalId: rehearsal.id };
    return { rehearsal, evidence: await rehearsals.rehearsalReport(ref) };
  });
}

/** In containers the product is known by its address alone. */
async function needRunning(product: Product): Promise<void> {
  if (product.run) return;
  const address = findAddress(product);
  if (await fetchHealth(new URL('/health/live', address).href)) return;
  throw new CliFailure(
    `No product responds at ${address}, and a rehearsal needs a running one. Start it with \`npm start\` (or \`npm run cluster\`).`,
    2,
  );
}

interface Following {
  product: Product;
  rehearsals: Rehearsals;
  merchantId: string;
  started: Rehearsal;
}

async function follow(context: CommandContext, { product, rehearsals, merchantId, started }: Following) {
  const { terminal, interrupted } = context;
  terminal.note(
    `Rehearsal ${started.id}: ${started.settings.shoppers} shoppers, profile ${started.profile}, seed ${started.seed}. Ctrl-C stops it.`,
  );
  const progress = rehearseProgress(terminal);
  const { dropId, id: rehearsalId } = started;
  try {
    return await followRehearsal(rehearsals, {
      merchantId,
      rehearsal: started,
      signal: interrupted,
      onProgress: (it) => progress.show(it),
      isProductThere: () => product.run === null || findRun(product.config.dataDir) !== null,
      stop: () =>
        rehearsals.stopRehearsal({ merchantId, dropId, rehearsalId, by: COMMAND_LINE, request: null }),
    });
  } finally {
    progress.stop();
  }
}
