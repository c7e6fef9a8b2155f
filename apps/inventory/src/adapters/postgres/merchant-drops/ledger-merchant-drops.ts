import {
  type ChangeAdmission,
  type ChangeMerchantDrop,
  type CreateMerchantDrop,
  type DeleteDropOutcome,
  type DeleteMerchantDrop,
  type DropCommand,
  type DropRefusal,
  type ListMerchantDrops,
  type MerchantCommand,
  type MerchantDropOutcome,
  type MerchantDropRead,
  type MerchantDropRef,
  MerchantDrops,
  type MerchantDropSummary,
  type Page,
  type ScheduleMerchantDrop,
  type StepMerchantDrop,
} from '@holdfast/contracts';
import { isDropId, newDropId, type MerchantQuotas } from '@holdfast/kernel';
import { asMerchant, orServiceUnavailable } from '@holdfast/postgres';
import type { Pool, PoolClient } from 'pg';
import { withUnusedId } from '../../../application/drops/create';
import { ListedItems } from '../drops/listed-items';
import { unlessTaken } from '../drops/unless-taken';
import { sql } from '../drops/sql/sql.generated';
import { type AnswerReader, type Changed, MerchantChanges, type Worked } from '../merchants/merchant-changes';
import { changeAdmission } from './change-admission';
import { changeDrop, createDrop, deleteDrop, duplicateDrop, scheduleDrop, stepDrop } from './change-drop';
import { listMerchantDrops } from './list-merchant-drops';
import { readMerchantDrop } from './read-merchant-drop';

export type DropQuotas = Pick<MerchantQuotas, 'drops' | 'drafts'>;

const NOT_FOUND = { kind: 'not-found' } as const;

/** The drops of merchants in the ledger. Each change is one transaction with its fact. Needs a pool in the role of merchants. */
export class LedgerMerchantDrops extends MerchantDrops {
  private readonly changes: MerchantChanges;
  private readonly listedItems = new ListedItems();

  /** @param quotas of one merchant: drops that are scheduled, open or paused, and drafts; null: no limit */
  constructor(
    private readonly pool: Pool,
    private readonly quotas: DropQuotas | null,
  ) {
    super();
    this.changes = new MerchantChanges(pool);
  }

  private get draftsMax(): number | null {
    return this.quotas?.drafts ?? null;
  }

  override listMerchantDrops(query: ListMerchantDrops): Promise<Page<MerchantDropSummary>> {
    const { merchantId } = query;
    return orServiceUnavailable(
      'drops',
      asMerchant(this.pool, { schema: 'inventory', merchantId }, (client) =>
        listMerchantDrops(client, this.listedItems, query),
      ),
    );
  }

  override async getMerchantDrop(ref: MerchantDropRef): Promise<MerchantDropRead | null> {
    return isDropId(ref.dropId) ? orServiceUnavailable('drops', this.read(ref)) : null;
  }

  override createMerchantDrop(command: CreateMerchantDrop): Promise<MerchantDropOutcome> {
    return this.insert(command, (client, dropId) => createDrop(client, command, dropId, this.draftsMax));
  }

  override duplicateMerchantDrop(command: DropCommand): Promise<MerchantDropOutcome> {
    if (!isDropId(command.dropId)) return Promise.resolve(NOT_FOUND);
    return this.insert(command, (client, dropId) => duplicateDrop(client, command, dropId, this.draftsMax));
  }

  override changeMerchantDrop(command: ChangeMerchantDrop): Promise<MerchantDropOutcome> {
    return this.change(command, (client) => changeDrop(client, command));
  }

  override scheduleMerchantDrop(command: ScheduleMerchantDrop): Promise<MerchantDropOutcome> {
    return this.change(command, (client) => scheduleDrop(client, command, this.quotas?.drops ?? null));
  }

  override stepMerchantDrop(command: StepMerchantDrop): Promise<MerchantDropOutcome> {
    return this.change(command, (client) => stepDrop(client, command, this.quotas?.drops ?? null));
  }

  override changeAdmission(command: ChangeAdmission): Promise<MerchantDropOutcome> {
    return this.change(command, (client) => changeAdmission(client, command));
  }

  override async deleteMerchantDrop(command: DeleteMerchantDrop): Promise<DeleteDropOutcome> {
    if (!isDropId(command.dropId)) return NOT_FOUND;
    const changed = await this.changes.run<null, DropRefusal>(command, (client) =>
      deleteDrop(client, command),
    );
    if (changed.kind === 'refused') return changed.reason;
    return { kind: changed.kind === 'done' ? 'deleted' : changed.kind };
  }

  private read(ref: MerchantDropRef): Promise<MerchantDropRead | null> {
    return asMerchant(this.pool, { schema: 'inventory', merchantId: ref.merchantId }, async (client) => {
      const found = await readMerchantDrop(client, ref);
      if (!found) return null;
      // What the clock has changed belongs to the revision, or an edit with this one would be refused a moment later.
      const advanced = await client.query({ ...sql.advanceDrop, values: [ref.dropId] });
      return advanced.rowCount === 0 ? found : readMerchantDrop(client, ref);
    });
  }

  private async change(
    command: DropCommand,
    work: (client: PoolClient) => Promise<Worked<MerchantDropRead, DropRefusal>>,
  ): Promise<MerchantDropOutcome> {
    if (!isDropId(command.dropId)) return NOT_FOUND;
    return outcomeOf(await this.changes.run(command, work, readerOf(command)));
  }

  private async insert(
    command: MerchantCommand,
    work: (client: PoolClient, dropId: string) => Promise<Worked<MerchantDropRead, DropRefusal>>,
  ): Promise<MerchantDropOutcome> {
    const insert = (dropId: string) =>
      unlessTaken(this.changes.run(command, (client) => work(client, dropId), readerOf(command)));
    return outcomeOf(await withUnusedId(newDropId, insert));
  }
}

const readerOf = ({ merchantId }: MerchantCommand): AnswerReader<MerchantDropRead, DropRefusal> => ({
  read: (client, dropId) => readMerchantDrop(client, { merchantId, dropId }),
  gone: NOT_FOUND,
});

function outcomeOf(changed: Changed<MerchantDropRead, DropRefusal>): MerchantDropOutcome {
  switch (changed.kind) {
    case 'done':
      return { kind: 'done', read: changed.value, replayed: changed.replayed };
    case 'refused':
      return changed.reason;
    case 'key-reused':
      return changed;
  }
}
