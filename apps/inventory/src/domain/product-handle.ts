const LENGTH_MAX = 80;
/** After so many products of one name the next ones get chance letters. */
const COUNTED_MAX = 9;

/** Handles for a new product of this name, the first one best: `harbour-tee`, `harbour-tee-2`, … */
export function* handlesOf(name: string, chance: () => string): Generator<string> {
  const stem = slug(name) || 'product';
  yield stem;
  for (let n = 2; n <= COUNTED_MAX; n += 1) yield `${stem}-${n}`;
  yield `${stem}-${chance()}`;
}

/** Letters and digits of any script in lower case, without accents; all else is a dash. */
function slug(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, '-');
  // By code points: half a character cannot be stored.
  return [...plain]
    .slice(0, LENGTH_MAX)
    .join('')
    .replace(/^-+|-+$/g, '');
}
