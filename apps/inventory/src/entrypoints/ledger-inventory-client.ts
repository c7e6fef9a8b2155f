import {
  InventoryClient,
  ServiceUnavailable,
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
  type PlaceHold as PlaceHoldCommand,
  type PlaceOutcome,
  type ReleaseOutcome,
  type RetakeOutcome,
  type ReturnOutcome,
  type Shortage,
  type StockRow,
  type YieldOutcome,
} from '@holdfast/contracts';
import { DeadlineExceeded, dropIdOf, withDeadline } from '@holdfast/kernel';
import type { DropReader } from '../application/drop-reader';
import type { EndHold } from '../application/end-hold';
import type { KnownDrops } from '../application/known-drops';
import { LANE_SETTINGS } from '../application/lane-settings';
import { listLiveHolds } from '../application/list-live-holds';
import type { PlaceHold } from '../application/place-hold';
import type { CountsReader } from '../application/ports/counts-reader.port';
import type { Gate } from '../application/ports/gate.port';
import { LedgerUnreachable, type Ledger } from '../application/ports/ledger.port';

/** Inventory called directly, in one process. Lanes keep their own deadline; a read gets the same one here. */
export class LedgerInventoryClient extends InventoryClient {
  constructor(
    private readonly holds: { place: PlaceHold; end: EndHold; ledger: Ledger; gate: Gate; known: KnownDrops },
    private readonly drops: DropReader,
    private readonly counts: CountsReader,
  ) {
    super();
  }

  placeHold(command: PlaceHoldCommand): Promise<PlaceOutcome> {
    const known = this.holds.known.has(command.dropId);
    // Not awaited when it is sure: placing goes on in the same turn.
    if (known === true) return this.holds.place.run(command);
    return this.placeIn(known, command);
  }

  releaseHold(command: HoldRef): Promise<ReleaseOutcome> {
    return this.releaseIn(this.holds.known.has(dropIdOf(command.holdId) ?? ''), command);
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

  returnHold(command: PayForHold): Promise<ReturnOutcome> {
    return this.holds.end.return(command);
  }

  listDrops(query: ListDrops): Promise<Page<DropSummary>> {
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

  private async placeIn(known: boolean | Promise<boolean>, command: PlaceHoldCommand): Promise<PlaceOutcome> {
    return (await known) ? this.holds.place.run(command) : { kind: 'drop-not-found' };
  }

  private async releaseIn(known: boolean | Promise<boolean>, command: HoldRef): Promise<ReleaseOutcome> {
    return (await known) ? this.holds.end.release(command) : { kind: 'not-found' };
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
