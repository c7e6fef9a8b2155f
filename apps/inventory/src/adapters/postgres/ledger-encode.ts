import { basketKey } from '../../domain/basket-key';
import { type EndCommand, type LaneCommand, type PlaceCommand, runsAlone } from '../../domain/lane-command';
import { intArray, textArray } from './ledger-array';
import { encodeNetworks } from './ledger-networks';

/** A batch as parameters of `run-batch.sql`, with what is needed to decode its answer. */
export interface EncodedBatch {
  values: (string | number)[];
  places: PlaceCommand[];
  ends: EndCommand[];
  /** Each requested SKU, in the order of their ordinals. */
  skus: string[];
  /** Each network and block of the places, in the order of their ordinals. */
  networks: number[];
}

/** Assigns ordinals from 1 in the order of first appearance. */
class Ordinals {
  private readonly byKey = new Map<string, number>();

  constructor(private readonly onNew: (key: string) => void) {}

  of(key: string): number {
    let ordinal = this.byKey.get(key);
    if (ordinal === undefined) {
      ordinal = this.byKey.size + 1;
      this.byKey.set(key, ordinal);
      this.onNew(key);
    }
    return ordinal;
  }
}

/**
 * Splits a batch into the arrays of the ledger's function. Customers, SKUs and baskets (equal lines) are sent
 * once and referenced by ordinal: in a drop nearly all places request the same.
 */
export function encodeBatch(
  dropId: string,
  commands: readonly LaneCommand[],
  paymentWindowSeconds: number,
): EncodedBatch {
  const ends: EndCommand[] = [];
  const places: PlaceCommand[] = [];
  let expireMax = 0;
  for (const command of commands) {
    if (command.kind === 'place') places.push(command);
    else if (command.kind === 'expire') expireMax = command.max;
    else if (runsAlone(command)) throw new Error(`a ${command.kind} is a batch by itself`);
    else ends.push(command);
  }
  const { values, skus } = encodePlaces(places);
  const { values: networkValues, networks } = encodeNetworks(places);
  return {
    values: [dropId, ...encodeEnds(ends), paymentWindowSeconds, expireMax, ...values, ...networkValues],
    places,
    ends,
    skus,
    networks,
  };
}

function encodeEnds(ends: readonly EndCommand[]): string[] {
  if (ends.length === 0) return NO_ENDS;
  return [
    textArray(ends.map((end) => end.kind)),
    textArray(ends.map((end) => end.holdId)),
    textArray(ends.map((end) => end.customerId)),
    textArray(ends.map((end) => end.orderId)),
  ];
}

const NO_ENDS = ['{}', '{}', '{}', '{}'];

function encodePlaces(places: readonly PlaceCommand[]): { values: string[]; skus: string[] } {
  const holdIds: string[] = [];
  const customerIds: string[] = [];
  const fingerprints: string[] = [];
  const basketOrdinals: number[] = [];
  const customerOrdinals: number[] = [];
  const customers: string[] = [];
  const customerAsked: number[] = [];
  const skus: string[] = [];
  const skuAsked: number[] = [];
  const lineBaskets: number[] = [];
  const lineSkus: number[] = [];
  const lineQuantities: number[] = [];
  const customerOrdinal = new Ordinals((id) => (customers.push(id), customerAsked.push(0)));
  const skuOrdinal = new Ordinals((sku) => (skus.push(sku), skuAsked.push(0)));
  const basketOrdinal = new Ordinals(() => undefined);
  let baskets = 0;

  for (const { holdId, customerId, fingerprint, lines } of places) {
    const customer = customerOrdinal.of(customerId);
    const basket = basketOrdinal.of(basketKey(lines));
    const isNew = basket > baskets;
    if (isNew) baskets = basket;
    for (const { sku, quantity } of lines) {
      const ordinal = skuOrdinal.of(sku);
      skuAsked[ordinal - 1]! += quantity;
      customerAsked[customer - 1]! += quantity;
      if (isNew) {
        lineBaskets.push(basket);
        lineSkus.push(ordinal);
        lineQuantities.push(quantity);
      }
    }
    holdIds.push(holdId);
    customerIds.push(customerId);
    fingerprints.push(fingerprint);
    basketOrdinals.push(basket);
    customerOrdinals.push(customer);
  }
  const values = [
    textArray(holdIds),
    textArray(customerIds),
    textArray(fingerprints),
    intArray(basketOrdinals),
    intArray(customerOrdinals),
    textArray(customers),
    intArray(customerAsked),
    textArray(skus),
    intArray(skuAsked),
    intArray(lineBaskets),
    intArray(lineSkus),
    intArray(lineQuantities),
  ];
  return { values, skus };
}
