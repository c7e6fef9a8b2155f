import { TIMELINE_KINDS } from '@holdfast/contracts';
import { KIND_WORDS, unitsOf, whoOf } from './timeline-words';
import type { TimelineEntry } from './types';

const entry = (changes: Partial<TimelineEntry>) =>
  ({ kind: 'hold.placed', sku: null, quantity: null, ...changes }) as TimelineEntry;

describe('the words of a timeline', () => {
  it('are there for every kind', () => {
    expect(Object.keys(KIND_WORDS).sort()).toEqual([...TIMELINE_KINDS].sort());
  });

  it.each([
    [{ sku: 'CUP', quantity: 2 }, '2 × CUP'],
    [{ kind: 'stock.adjusted', sku: 'CUP', quantity: 5 }, '+5 CUP'],
    [{ kind: 'stock.adjusted', sku: 'CUP', quantity: -5 }, '−5 CUP'],
    [{ kind: 'order.paid', sku: null, quantity: 3 }, '3 units of several SKUs'],
    [{ kind: 'drop.paused' }, ''],
  ] as const)('name units: %j', (changes, words) => {
    expect(unitsOf(entry(changes))).toBe(words);
  });

  it('name who did it', () => {
    const staff = { kind: 'staff', id: 'stf_1', label: 'ann@cups.example' } as const;
    expect(whoOf(entry({ actor: staff }))).toBe('ann@cups.example (staff)');
    expect(whoOf(entry({ actor: { kind: 'shopper', id: 'c1' } }))).toBe('shopper');
  });
});
