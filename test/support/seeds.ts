const USUAL = 5;

/** The seeds of a test that plays chance: a few each time, all of them under `npm run test:soak`. */
export function seeds(all: number): number[] {
  const count = process.env['HOLDFAST_SOAK'] === 'on' ? all : Math.min(all, USUAL);
  return Array.from({ length: count }, (_, i) => i + 1);
}
