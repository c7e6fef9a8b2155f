/** `npm run test:soak`: everything as often as it can be wanted. */
export const SOAK = process.env['HOLDFAST_SOAK'] === 'on';

const USUAL = 5;

/** The seeds of a test that plays chance: a few each time, all of them under `npm run test:soak`. */
export function seeds(all: number, usual = USUAL): number[] {
  const count = SOAK ? all : Math.min(all, usual);
  return Array.from({ length: count }, (_, i) => i + 1);
}
