import { type RehearsalSettings, type StartRehearsalOutcome } from '@holdfast/contracts';
import { openPool, ROLES } from '@holdfast/postgres';
import { LedgerDropRecords } from '../../apps/inventory/src/adapters/postgres/drops/ledger-drop-records';
import { LedgerDropUpkeep } from '../../apps/inventory/src/adapters/postgres/drops/ledger-drop-upkeep';
import { LedgerFigures } from '../../apps/inventory/src/adapters/postgres/figures/ledger-figures';
import { LedgerMerchantDrops } from '../../apps/inventory/src/adapters/postgres/merchant-drops/ledger-merchant-drops';
import { LedgerStockRecords } from '../../apps/inventory/src/adapters/postgres/merchants/ledger-stock-records';
import { LedgerRehearsalRuns } from '../../apps/inventory/src/adapters/postgres/rehearsals/ledger-rehearsal-runs';
import { LedgerRehearsalUpkeep } from '../../apps/inventory/src/adapters/postgres/rehearsals/ledger-rehearsal-upkeep';
import { LedgerRehearsals } from '../../apps/inventory/src/adapters/postgres/rehearsals/ledger-rehearsals';
import { LedgerTimeline } from '../../apps/inventory/src/adapters/postgres/timeline/ledger-timeline';
import { merchantCommand } from './merchant-command';

export const SETTINGS: RehearsalSettings = {
  profile: 'spike',
  shoppers: 100,
  duration: 30,
  seed: 7,
  faults: [],
  like: null,
  target: null,
  whileSelling: true,
};

export const RUNNER = 'rehearsals-1';

/** Rehearsals of one ledger, and what merchants and shoppers see beside them, on connections of their own. */
export function openRehearsals(url: string) {
  const service = openPool({ url, role: ROLES.inventory, max: 4, name: 'test-rehearsals' });
  const merchants = openPool({ url, role: ROLES.inventoryMerchant, max: 4, name: 'test-merchants' });
  const rehearsals = new LedgerRehearsals(merchants);
  const start = (
    dropId: string,
    settings: Partial<RehearsalSettings> = {},
    command = merchantCommand(),
  ): Promise<StartRehearsalOutcome> =>
    rehearsals.startRehearsal({ ...command, dropId, settings: { ...SETTINGS, ...settings } });
  return {
    service,
    rehearsals,
    start,
    runs: new LedgerRehearsalRuns(service),
    upkeep: new LedgerRehearsalUpkeep(service),
    dropUpkeep: new LedgerDropUpkeep(service),
    records: new LedgerDropRecords(service),
    merchantDrops: new LedgerMerchantDrops(merchants, null),
    stockRecords: new LedgerStockRecords(merchants),
    figures: new LedgerFigures({ merchants, service }),
    timeline: new LedgerTimeline(merchants),
    /** Starts one and takes it over. */
    begin: async (dropId: string, settings: Partial<RehearsalSettings> = {}) => {
      const started = await start(dropId, settings);
      if (started.kind !== 'started') throw new Error(JSON.stringify(started));
      const run = await new LedgerRehearsalRuns(service).claimRehearsal(RUNNER);
      if (run === null) throw new Error('nothing to take over');
      return { ...run, id: run.rehearsal.id, ghostId: run.rehearsal.ghostId };
    },
    close: async () => {
      await merchants.end();
      await service.end();
    },
  };
}

export type TestRehearsals = ReturnType<typeof openRehearsals>;
