import {
  type Hold,
  type HoldRef,
  type ListHolds,
  type Page,
  type PlaceHold as PlaceHoldCommand,
  type PlaceOutcome,
  type ReleaseOutcome,
  ShopperHolds,
} from '@holdfast/contracts';
import { dropIdOf } from '@holdfast/kernel';
import { answered } from './answered';
import type { KnownDrops } from './known-drops';
import type { Lanes } from './lanes';
import { listLiveHolds } from './list-live-holds';
import type { PlaceHold } from './place-hold';
import type { Ledger } from './ports/ledger.port';

export interface ShopperHoldsParts {
  known: KnownDrops;
  place: PlaceHold;
  lanes: Lanes;
  ledger: Ledger;
}

/** A shopper's operations on holds. No lane is created for an unknown drop. */
export class LedgerShopperHolds extends ShopperHolds {
  constructor(private readonly parts: ShopperHoldsParts) {
    super();
  }

  override placeHold(command: PlaceHoldCommand): Promise<PlaceOutcome> {
    const known = this.parts.known.has(command.dropId);
    // Not awaited if known: placing continues in the same turn.
    if (known === true) return this.parts.place.run(command);
    return this.placeIn(known, command);
  }

  override async releaseHold({ holdId, customerId }: HoldRef): Promise<ReleaseOutcome> {
    const dropId = dropIdOf(holdId);
    if (dropId === undefined || !(await this.parts.known.has(dropId))) return { kind: 'not-found' };
    return this.parts.lanes.submit(dropId, { kind: 'release', holdId, customerId, orderId: null });
  }

  override getHold(query: HoldRef): Promise<Hold | null> {
    return answered('the ledger', this.parts.ledger.getHold(query));
  }

  override listHolds(query: ListHolds): Promise<Page<Hold>> {
    return answered('the list of holds', listLiveHolds(this.parts.ledger, query));
  }

  private async placeIn(known: boolean | Promise<boolean>, command: PlaceHoldCommand): Promise<PlaceOutcome> {
    return (await known) ? this.parts.place.run(command) : { kind: 'drop-not-found' };
  }
}
