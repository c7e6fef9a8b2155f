import {
  type Busy,
  type ConfirmOutcome,
  type ExtendOutcome,
  type Hold,
  type HoldRef,
  OrderHolds,
  type PayForHold,
  type ReleaseOutcome,
  type RetakeOutcome,
  type ReturnOutcome,
  type YieldOutcome,
} from '@holdfast/contracts';
import { deriveHoldId, dropIdOf, isDropId } from '@holdfast/kernel';
import type { AnswerByKind, EndCommand } from '../domain/lane-command';
import { answered } from './answered';
import type { Lanes } from './lanes';
import type { DropRecords } from './ports/drop-records.port';
import type { Ledger } from './ports/ledger.port';

/** Operations of an order on its hold; each is one command in the lane of the drop. */
export class LedgerOrderHolds extends OrderHolds {
  constructor(
    private readonly lanes: Lanes,
    private readonly ledger: Ledger,
    private readonly records: Pick<DropRecords, 'merchantOf' | 'knownGhosts'>,
  ) {
    super();
  }

  override async merchantOfDrop(dropId: string): Promise<string | null> {
    return isDropId(dropId) ? answered('the drop', this.records.merchantOf(dropId)) : null;
  }

  override knownGhosts(ghostIds: readonly string[]): Promise<string[]> {
    return answered('the ghosts', this.records.knownGhosts(ghostIds));
  }

  override getHold(query: HoldRef): Promise<Hold | null> {
    return answered('the ledger', this.ledger.getHold(query));
  }

  override extendHold(command: PayForHold): Promise<ExtendOutcome> {
    return this.submit({ kind: 'extend', ...command });
  }

  override confirmHold(command: PayForHold): Promise<ConfirmOutcome> {
    return this.submit({ kind: 'confirm', ...command });
  }

  override yieldHold(command: PayForHold): Promise<YieldOutcome> {
    return this.submit({ kind: 'yield', ...command });
  }

  override releaseForOrder(command: PayForHold): Promise<ReleaseOutcome> {
    return this.submit({ kind: 'release-for-order', ...command });
  }

  override async retakeHold(command: PayForHold): Promise<RetakeOutcome> {
    const dropId = dropIdOf(command.holdId);
    if (dropId === undefined) return { kind: 'not-found' };
    const newHoldId = retakenHoldId(dropId, command);
    return this.lanes.submit(dropId, { kind: 'retake', ...command, newHoldId });
  }

  override async returnHold(command: PayForHold): Promise<ReturnOutcome> {
    const dropId = dropIdOf(command.holdId);
    if (dropId === undefined) return { kind: 'not-found' };
    const retaken = retakenHoldId(dropId, command);
    return this.lanes.submit(dropId, { kind: 'return', ...command, retakenHoldId: retaken });
  }

  private async submit<K extends EndCommand['kind']>(
    command: EndCommand & { kind: K },
  ): Promise<AnswerByKind[K] | { kind: 'not-found' } | Busy> {
    const dropId = dropIdOf(command.holdId);
    if (dropId === undefined) return { kind: 'not-found' };
    return this.lanes.submit(dropId, command);
  }
}

/** The id of the hold with which an order retakes the units of an ended hold. */
function retakenHoldId(dropId: string, { holdId, customerId, orderId }: PayForHold): string {
  return deriveHoldId({ dropId, customerId, route: `retake for ${orderId}`, key: holdId });
}
