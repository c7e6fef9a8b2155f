import {
  InventoryClient,
  ServiceUnavailable,
  type ConfirmOutcome,
  type DropRecord,
  type ExtendOutcome,
  type Hold,
  type HoldRef,
  type ListDrops,
  type ListHolds,
  type Page,
  type PayForHold,
  type PlaceHold as PlaceHoldCommand,
  type PlaceOutcome,
  type ReleaseOutcome,
  type RetakeOutcome,
  type Shortage,
  type StockRow,
  type YieldOutcome,
} from '@holdfast/contracts';
import { DeadlineExceeded, withDeadline } from '@holdfast/kernel';
import type { DropReader } from '../application/drop-reader';
import type { EndHold } from '../application/end-hold';
import { LANE_SETTINGS } from '../application/lane-settings';
import { listLiveHolds } from '../application/list-live-holds';
import type { PlaceHold } from '../application/place-hold';
import type { CountsReader } from '../application/ports/counts-reader.port';
import type { Gate } from '../application/ports/gate.port';
import { LedgerUnreachable, type Ledger } from '../application/ports/ledger.port';

/** Inventory called directly, in one process. Lanes keep their own deadline; a read gets the same one here. */
export class LedgerInventoryClient extends InventoryClient {
  constructor(
    private readonly holds: { place: PlaceHold; end: EndHold; ledger: Ledger; gate: Gate },
    private readonly drops: DropReader,
    private readonly counts: CountsReader,
  ) {
    super();
  }

  placeHold(command: PlaceHoldCommand): Promise<PlaceOutcome> {
    return this.holds.place.run(command);
  }

  releaseHold(command: HoldRef): Promise<ReleaseOutcome> {
    return this.holds.end.release(command);
  }

  getHold(query: HoldRef): Promise<Hold | null> {
    return answered('the ledger', this.holds.ledger.getHold(query));
  }

  listHolds(query: ListHolds): Promise<Page<Hold>> {
    return answered('the list of holds', listLiveHolds(this.holds.ledger, query));
  }

  extendHold(command: PayForHold): Promise<ExtendOutcome> {
    return this.holds.end.extend(command);
  }

  confirmHold(command: PayForHold): Promise<ConfirmOutcome> {
    return this.holds.end.confirm(command);
  }

  yieldHold(command: PayForHold): Promise<YieldOutcome> {
    return this.holds.end.yield(command);
  }

  releaseForOrder(command: PayForHold): Promise<ReleaseOutcome> {
    return this.holds.end.releaseForOrder(command);
  }

  retakeHold(command: PayForHold): Promise<RetakeOutcome> {
    return this.holds.end.retake(command);
  }

  listDrops(query: ListDrops): Promise<Page<DropRecord>> {
    return answered('the list of drops', this.drops.listDrops(query));
  }

  getDrop(dropId: string): Promise<DropRecord | null> {
    return answered('the drop', this.drops.getDrop(dropId));
  }

  async shortageOf(dropId: string): Promise<Shortage | null> {
    return this.holds.gate.shortageOf(dropId);
  }

  stockOf(dropId: string): Promise<StockRow[]> {
    return answered('the counts', this.counts.stockOf(dropId));
  }
}

async function answered<T>(what: string, work: Promise<T>): Promise<T> {
  try {
    return await withDeadline(what, LANE_SETTINGS.deadlineMs, work);
  } catch (error) {
    if (error instanceof DeadlineExceeded || error instanceof LedgerUnreachable)
      throw new ServiceUnavailable(error.message);
    throw error;
  }
}
