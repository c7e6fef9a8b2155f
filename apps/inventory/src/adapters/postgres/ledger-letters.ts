/**
 * The answers of the ledger's functions, one letter for each command, by the file that defines the function.
 * A test compares this table with the headers and bodies of the files.
 */
export const LETTERS = {
  'define-place-holds': {
    h: 'held',
    r: 'replayed',
    k: 'key-reused',
    d: 'drop-not-found',
    u: 'unknown-sku',
    o: 'drop-not-open',
    c: 'drop-closed',
    l: 'customer-limit',
    b: 'network-limit',
    s: 'sold-out',
  },
  'define-end-holds': {
    D: 'done',
    n: 'not-found',
    x: 'expired',
    a: 'not-active',
    p: 'payment-in-flight',
    f: 'confirmed',
  },
  'define-retake-hold': { D: 'confirmed', n: 'not-found', s: 'short' },
  'define-return-hold': { D: 'returned', n: 'not-found' },
  'define-adjust-stock': {
    D: 'adjusted',
    r: 'replayed',
    k: 'key-reused',
    n: 'not-found',
    u: 'unknown-sku',
    m: 'too-many-units',
    c: 'drop-closed',
    b: 'below-committed',
  },
  'define-release-for-merchant': {
    D: 'released',
    r: 'replayed',
    k: 'key-reused',
    n: 'not-found',
    f: 'confirmed',
    p: 'payment-in-flight',
  },
} as const;

type File = keyof typeof LETTERS;
export type AnswerOf<F extends File> = (typeof LETTERS)[F][keyof (typeof LETTERS)[F]];

/** The meaning of a letter. Throws for an unknown one, which is an internal error. */
export function readLetter<F extends File>(file: F, letter: string | undefined): AnswerOf<F> {
  const answers: Partial<Record<string, string>> = LETTERS[file];
  const answer = answers[letter ?? ''];
  if (answer === undefined) throw new Error(`the function of ${file} answered ${letter}`);
  return answer as AnswerOf<F>;
}
