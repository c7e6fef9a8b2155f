import type { StockRow } from '@holdfast/contracts';
import { decodeImage, encodeRow } from './view-codec';

const AT = '2026-01-01T00:00:00.000Z';
const row: StockRow = {
  ...{ dropId: 'd', sku: 'A', total: 10, available: 9, held: 0, sold: 1, epoch: 0, version: 57, asOf: AT },
};
const read = (text: string) => decodeImage('d', { A: text, '': 'l:1' }).rows;

describe('a row of the view', () => {
  it.each([
    ['of a drop that shows its numbers', row],
    ['of one that does not', { ...row, shown: { display: 'bands', version: 3, at: AT } as const }],
    ['of an instance of before, which goes on as such', { ...row, unmarked: true as const }],
  ])('is read as it was written: %s', (_, it) => {
    expect(read(encodeRow(it))).toEqual([it]);
  });

  it('says when an instance of before wrote it, which says nothing of what shoppers may see', () => {
    expect(read(JSON.stringify([0, 57, 10, 9, 0, 1, AT, 'A']))).toEqual([{ ...row, unmarked: true }]);
  });
});
