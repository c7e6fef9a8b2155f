import type {
  Busy,
  ConfirmOutcome,
  ExtendOutcome,
  HoldRef,
  PayForHold,
  ReleaseOutcome,
  RetakeOutcome,
  ReturnOutcome,
  YieldOutcome,
} from '@holdfast/contracts';
import { deriveHoldId, dropIdOf } from '@holdfast/kernel';
import type { AnswerByKind, EndCommand } from '../domain/lane-command';
import type { Lanes } from './lanes';

/** What happens to a hold after it was placed: each is one command in the lane of its drop. */
export class EndHold {
  constructor(private readonly lanes: Lanes) {}

  release({ holdId, customerId }: HoldRef): Promise<ReleaseOutcome> {
    return this.submit({ kind: 'release', holdId, customerId, orderId: null });
  }

  releaseForOrder(command: PayForHold): Promise<ReleaseOutcome> {
    return this.submit({ kind: 'release-for-order', ...command });
  }

  extend(command: PayForHold): Promise<ExtendOutcome> {
    return this.submit({ kind: 'extend', ...command });
  }

  confirm(command: PayForHold): Promise<ConfirmOutcome> {
    return this.submit({ kind: 'confirm', ...command });
  }

  yield(command: PayForHold): Promise<YieldOutcome> {
    return this.submit({ kind: 'yield', ...command });
  }

  async retake({ holdId, customerId, orderId }: PayForHold): Promise<RetakeOutcome> {
    const dropId = dropIdOf(holdId);
    if (dropId === undefined) return { kind: 'not-found' };
    const newHoldId = retakenHoldId(dropId, { holdId, customerId, orderId });
    return this.lanes.submit(dropId, { kind: 'retake', holdId, newHoldId, customerId, orderId });
  }

  async return(command: PayForHold): Promise<ReturnOutcome> {
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

/** The hold under which an order takes the units of an ended hold again. */
function retakenHoldId(dropId: string, { holdId, customerId, orderId }: PayForHold): string {
  return deriveHoldId({ dropId, customerId, route: `retake for ${orderId}`, key: holdId });
}
