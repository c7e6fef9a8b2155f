import type { Verdict } from '../invariants/invariant';
import { acknowledgedHolds, readClientLog } from './client-log';
import type { DropBooks } from './drop-books';
import { judgeRun, type RunEvidence } from './judge-run';

const EXPIRES_AT = '2026-11-22T12:00:00.000Z';
const held = (hold: string) => ({ did: 'held', hold, sku: 'A', units: 1, expiresAt: EXPIRES_AT });
const paid = (hold: string) => ({ did: 'paid', hold, order: `o-${hold}`, amountMinor: 500 });
const lines = (...notes: object[]) => notes.map((note) => `${JSON.stringify(note)}\n`).join('');

interface Change {
  notes?: string;
  counts?: Record<string, number>;
  books?: Partial<DropBooks>;
  promises?: Partial<RunEvidence['promises']>;
  verify?: Partial<Verdict>;
}

/** Two shoppers paid, one left; the books agree. */
function evidence({ notes, counts, books, promises, verify }: Change = {}): RunEvidence {
  const text = lines(held('h1'), paid('h1'), held('h2'), paid('h2'), held('h3'), { did: 'left', hold: 'h3' });
  return {
    log: readClientLog(notes ?? text),
    counts: { holds_given: 3, orders_paid: 2, ...counts },
    books: {
      ...{ holds: 3, paid: 2, pending: 0, charges: 2, chargedOrders: 2, keptMinor: 1000, owedMinor: 1000 },
      ...books,
    },
    promises: { oversold: 0, lost: 0, ...promises },
    verify: {
      ok: true,
      invariants: [{ name: 'no-oversell', checked: 1, broken: 0, examples: [] }],
      ...verify,
    },
  };
}
const complaints = (change: Change) =>
  judgeRun(evidence(change))
    .filter(({ kept }) => !kept)
    .map(({ says }) => says);

describe('the verdict about a load run', () => {
  it('finds nothing if the books agree with the answers to shoppers', () => {
    expect(complaints({})).toEqual([]);
    expect(judgeRun(evidence())).toHaveLength(10);
  });

  it.each([
    ['a hold without an answer', { books: { holds: 4 } }, 'holds given are the holds in the ledger'],
    ['a hold that is not in the ledger', { books: { holds: 2 } }, 'holds given are the holds in the ledger'],
    ['a lost acknowledgement', { promises: { lost: 1 } }, 'nothing that was acknowledged is lost'],
    ['an order left open', { books: { pending: 1 } }, 'no order is left open'],
    ['a second charge', { books: { charges: 3 } }, 'each paid order is one charge'],
    [
      'too much money',
      { books: { keptMinor: 1500 } },
      'the money is what was owed, and what shoppers were told',
    ],
    ['a note that was lost', { counts: { holds_given: 4 } }, 'k6 counted what it noted'],
    ['a broken invariant', { verify: { ok: false } }, 'holdfast verify'],
    [
      'oversold units',
      { promises: { oversold: 2 } },
      'nothing is oversold, by the ledger and by what shoppers were told',
    ],
  ])('finds %s', (_what, change, says) => {
    expect(complaints(change)).toEqual([says]);
  });

  it('finds a hold granted to two shoppers', () => {
    const notes = lines(held('h1'), held('h1'));
    expect(complaints({ notes })).toContain('no hold was given to two shoppers');
  });

  it('allows for lost answers, and for no more than these', () => {
    const notes = lines(held('h1'), paid('h1'), held('h2'), held('h3'), {
      did: 'unknown',
      what: 'order',
      hold: 'h2',
    });
    expect(complaints({ notes, counts: { orders_paid: 1 } })).toEqual([]);
    const none = lines(held('h1'), paid('h1'), held('h2'), held('h3'));
    expect(complaints({ notes: none, counts: { orders_paid: 1 } })).toContain(
      'payments answered are the paid orders in the ledger',
    );
  });

  it('counts the holds that a shopper keeps as promised, and not those they left', () => {
    const log = readClientLog(lines(held('h1'), held('h2'), { did: 'left', hold: 'h2' }));
    expect(acknowledgedHolds(log)).toEqual([
      expect.objectContaining({ holdId: 'h1', expiresAtMs: Date.parse(EXPIRES_AT) }),
      expect.objectContaining({ holdId: 'h2', expiresAtMs: 0 }),
    ]);
  });
});
