import fc from 'fast-check';
import { csvRecord } from './csv';

/** Reads one record as RFC 4180 says, character by character. */
function read(text: string): string[] {
  const cells = [''];
  let quoted = false;
  for (let i = 0; i < text.length; i += 1) {
    const character = text[i]!;
    const last = cells.length - 1;
    if (quoted) {
      if (character !== '"') cells[last]! += character;
      else if (text[i + 1] === '"') cells[last]! += text[(i += 1)];
      else quoted = false;
    } else if (character === '"' && cells[last] === '') quoted = true;
    else if (character === ',') cells.push('');
    else if (character === '\r' && text[i + 1] === '\n' && i + 2 === text.length) return cells;
    else if (character === '"' || character === '\r' || character === '\n')
      throw new Error(`bare ${JSON.stringify(character)} at ${i}`);
    else cells[last]! += character;
  }
  throw new Error('the record has no end');
}

const unit = fc.constantFrom(...`=+-@\t\r\n",';aß 1`);
const cell = fc.oneof(fc.string({ unit, maxLength: 8 }), fc.string());

describe('a CSV record', () => {
  it('is read back by the rules of RFC 4180, with an apostrophe before what begins a formula', () => {
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1, maxLength: 6 }), (cells) => {
        const expected = cells.map((text) =>
          '=+-@\t\r'.includes(text.charAt(0) || 'x') ? `'${text}` : text,
        );
        expect(read(csvRecord(cells))).toEqual(expected);
      }),
      { numRuns: 2_000 },
    );
  });

  it('has numbers as they are, and nothing for null', () => {
    expect(csvRecord(['a', 12, null, undefined, ''])).toBe('a,12,,,\r\n');
  });

  it.each(['=1+1', '+1', '-1', '@a', '\t=1', '\r=1'])('defuses %j', (text) => {
    expect(read(csvRecord([text, 'x']))).toEqual([`'${text}`, 'x']);
  });
});
