import type { NewDrop } from '@holdfast/contracts';
import { DROP_DEFAULTS } from '@holdfast/kernel';

const PRICE_MINOR = 14_900;

/** Sizes with their pairs: few at the ends, as a real run is cut, and few enough to be sold out while one watches. */
const SIZES = [
  ['39', 40],
  ['40', 60],
  ['41', 90],
  ['42', 120],
  ['43', 110],
  ['44', 80],
  ['45', 50],
] as const;

/** The picture is served by the shop itself: a first start must not depend on anybody's server. */
const IMAGE_URL = '/images/demo-drop.svg';

/** What a fresh product has on offer, so that the first look at it is a running sale. */
export const DEMO_DROP: NewDrop = {
  name: 'Northlight Runner 01',
  description:
    'A numbered run of 550 pairs. Undyed merino knit over a recycled sole, sewn in Porto, never restocked. Four pairs a person at most.',
  imageUrl: IMAGE_URL,
  opensAt: 'now',
  closesAt: null,
  perCustomerLimit: DROP_DEFAULTS.perCustomerLimit,
  holdTtlSeconds: DROP_DEFAULTS.holdTtlSeconds,
  items: SIZES.map(([size, units]) => ({
    sku: `NLR01-${size}`,
    name: `EU ${size}`,
    imageUrl: IMAGE_URL,
    priceMinor: PRICE_MINOR,
    currency: DROP_DEFAULTS.currency,
    units,
  })),
};
