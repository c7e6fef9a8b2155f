import type { NewDrop } from '@holdfast/contracts';
import { DROP_DEFAULTS } from '@holdfast/kernel';

const PRICE_MINOR = 14_900;

/** Sizes with their units: few at both ends, as in real sales, and few enough to sell out within minutes. */
const SIZES = [
  ['39', 40],
  ['40', 60],
  ['41', 90],
  ['42', 120],
  ['43', 110],
  ['44', 80],
  ['45', 50],
] as const;

/** The image is served by the shop itself, so that a first start needs no other server. */
const IMAGE_URL = '/images/demo-drop.svg';

/** The demo drop: an open sale for a new installation. */
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
