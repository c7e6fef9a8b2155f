import {
  INVENTORY_WIRE,
  InventoryClient,
  type ConfirmOutcome,
  type DropRecord,
  type DropSummary,
  type ExtendOutcome,
  type Hold,
  type HoldRef,
  type ListDrops,
  type ListHolds,
  type Page,
  type PayForHold,
  type PlaceHold,
  type PlaceOutcome,
  type ReleaseOutcome,
  type RetakeOutcome,
  type ReturnOutcome,
  type Shortage,
  type StockRow,
  type YieldOutcome,
} from '@holdfast/contracts';
import { dropIdOf } from '@holdfast/kernel';
import { CALL_DEADLINE_MS } from '../settings';
import type { Peers } from './peers';
import { RemoteClient } from './remote-client';

const deadlineMs = CALL_DEADLINE_MS;

/** Inventory in another process. Every call about a drop goes to the same instance, whose lanes then batch what all gateways want of it. */
export class RemoteInventory extends InventoryClient {
  private readonly remote: RemoteClient<InventoryClient>;

  constructor(peers: Peers) {
    super();
    this.remote = new RemoteClient(peers, INVENTORY_WIRE);
  }

  placeHold(command: PlaceHold): Promise<PlaceOutcome> {
    return this.remote.ask('placeHold', [command], { key: command.dropId, deadlineMs });
  }

  releaseHold(command: HoldRef): Promise<ReleaseOutcome> {
    return this.remote.ask('releaseHold', [command], home(command));
  }

  getHold(query: HoldRef): Promise<Hold | null> {
    return this.remote.ask('getHold', [query], home(query));
  }

  listHolds(query: ListHolds): Promise<Page<Hold>> {
    return this.remote.ask('listHolds', [query], { key: query.dropId, deadlineMs });
  }

  extendHold(command: PayForHold): Promise<ExtendOutcome> {
    return this.remote.ask('extendHold', [command], home(command));
  }

  confirmHold(command: PayForHold): Promise<ConfirmOutcome> {
    return this.remote.ask('confirmHold', [command], home(command));
  }

  yieldHold(command: PayForHold): Promise<YieldOutcome> {
    return this.remote.ask('yieldHold', [command], home(command));
  }

  releaseForOrder(command: PayForHold): Promise<ReleaseOutcome> {
    return this.remote.ask('releaseForOrder', [command], home(command));
  }

  retakeHold(command: PayForHold): Promise<RetakeOutcome> {
    return this.remote.ask('retakeHold', [command], home(command));
  }

  returnHold(command: PayForHold): Promise<ReturnOutcome> {
    return this.remote.ask('returnHold', [command], home(command));
  }

  listDrops(query: ListDrops): Promise<Page<DropSummary>> {
    return this.remote.ask('listDrops', [query], { key: undefined, deadlineMs });
  }

  getDrop(dropId: string): Promise<DropRecord | null> {
    return this.remote.ask('getDrop', [dropId], { key: dropId, deadlineMs });
  }

  shortageOf(dropId: string): Promise<Shortage | null> {
    return this.remote.ask('shortageOf', [dropId], { key: dropId, deadlineMs });
  }

  stockOf(dropId: string): Promise<StockRow[]> {
    return this.remote.ask('stockOf', [dropId], { key: dropId, deadlineMs });
  }
}

const home = ({ holdId }: HoldRef) => ({ key: dropIdOf(holdId), deadlineMs });
