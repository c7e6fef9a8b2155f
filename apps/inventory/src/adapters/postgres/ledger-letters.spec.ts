import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LETTERS, readLetter } from './ledger-letters';

type File = keyof typeof LETTERS;

/** Files whose letters come from elsewhere too. */
const MORE_BODIES: Partial<Record<File, string[]>> = {
  'define-place-holds': ['define-walk-places'],
  'define-end-holds': ['define-hold-helpers'],
};

const textOf = (file: string) => readFileSync(join(__dirname, 'sql', `${file}.sql`), 'utf8');

describe.each(Object.keys(LETTERS) as File[])('the letters of %s', (file) => {
  it('are those of its header', () => {
    const header = textOf(file)
      .split('\n')
      .filter((line) => line.startsWith('--'))
      .map((line) => line.slice(3));
    const list = /Letters: ([^.]*)\./.exec(header.join(' '))![1]!;
    expect(Object.fromEntries(list.split(' · ').map((pair) => pair.split(' ')))).toEqual(LETTERS[file]);
  });

  it('are those that its body answers', () => {
    const bodies = [file, ...(MORE_BODIES[file] ?? [])].map((name) => textOf(name).replaceAll(/--.*/g, ''));
    // Not those that it compares with: they are another function's.
    const answers = /(?<![^:]= )'([a-zA-Z])(?::\w+)?'/g;
    const answered = bodies.flatMap((body) => [...body.matchAll(answers)].map(([, letter]) => letter));
    expect(new Set(answered)).toEqual(new Set(Object.keys(LETTERS[file])));
  });
});

it('an unknown letter is a fault', () => {
  expect(() => readLetter('define-return-hold', 'q')).toThrow('answered q');
});
