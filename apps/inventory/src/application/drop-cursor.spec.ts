import { InvalidCursor } from '@holdfast/contracts';
import { decodeDropCursor, encodeDropCursor } from './drop-cursor';

describe('the cursor of a list of drops', () => {
  const position = { createdAt: '2026-11-22T04:30:00.123456Z', dropId: 'dabc1234' };

  it('leads back to the position it was made of', () => {
    expect(decodeDropCursor(encodeDropCursor(position))).toEqual(position);
  });

  it.each([
    '',
    'x',
    '%00',
    'null',
    encodeDropCursor({ ...position, createdAt: '2026-02-30T04:30:00.123456Z' }),
    encodeDropCursor({ ...position, createdAt: '2026-13-01T04:30:00.123456Z' }),
    encodeDropCursor({ ...position, createdAt: 'infinity' }),
    encodeDropCursor({ ...position, dropId: "x' OR 1=1" }),
    `${encodeDropCursor(position)}=`,
    ` ${encodeDropCursor(position)}`,
    'a'.repeat(10_000),
  ])('refuses %j before it reaches the database', (cursor) => {
    expect(() => decodeDropCursor(cursor)).toThrow(InvalidCursor);
  });
});
