import { recall, remember } from '../shared/storage';

/** Something the shopper asked for, with the key under which it is asked for until an answer comes. */
export interface Intent {
  key: string;
  body: string;
  atMs: number;
}

/** What this browser keeps of one drop, so that a reload finds everything again. */
export interface Kept {
  hold?: Intent;
  holdId?: string;
  order?: Intent;
  orderId?: string;
}

const INTENT_MS_MAX = 10 * 60_000; // older than that, nobody waits for the answer any more

export class KeptPurchase {
  private readonly name: string;

  constructor(dropId: string) {
    this.name = `holdfast.drop.${dropId}`;
  }

  get value(): Kept {
    const kept = recall<Kept>(this.name) ?? {};
    const isOld = (intent?: Intent) => intent !== undefined && Date.now() - intent.atMs > INTENT_MS_MAX;
    if (isOld(kept.hold)) delete kept.hold;
    if (isOld(kept.order)) delete kept.order;
    return kept;
  }

  set(value: Kept): void {
    remember(this.name, Object.keys(value).length === 0 ? null : value);
  }
}
