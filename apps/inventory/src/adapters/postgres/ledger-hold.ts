import type { Hold, HoldState } from '@holdfast/contracts';

/** A row of `inventory.hold` as `inventory.hold_image` returns it. */
export interface HoldImage {
  hold_id: string;
  drop_id: string;
  customer_id: string;
  state: HoldState;
  skus: string[];
  quantities: number[];
  prices_minor: number[];
  currency: string;
  created_ms: number;
  first_expires_ms: number;
  expires_ms: number;
}

/** The current state of the hold. */
export function toHold(image: HoldImage): Hold {
  return render(image, image.state, image.expires_ms);
}

/** The hold as it was when placed: a replay returns the same bytes, whatever its current state. */
export function toFirstAnswer(image: HoldImage): Hold {
  return render(image, 'held', image.first_expires_ms);
}

function render(image: HoldImage, state: HoldState, expiresMs: number): Hold {
  const { currency } = image;
  let totalMinor = 0;
  const lines = image.skus.map((sku, i) => {
    const quantity = image.quantities[i]!;
    const amountMinor = image.prices_minor[i]!;
    totalMinor += quantity * amountMinor;
    return { sku, quantity, price: { amountMinor, currency } };
  });
  return {
    id: image.hold_id,
    dropId: image.drop_id,
    customerId: image.customer_id,
    state,
    lines,
    total: { amountMinor: totalMinor, currency },
    expiresAt: new Date(expiresMs).toISOString(),
    createdAt: new Date(image.created_ms).toISOString(),
  };
}
