import { join } from 'node:path';
import { loadModule } from '../cluster/load-module';

interface Verdict {
  says: string;
  kept: boolean;
  detail: string;
}
interface Told {
  holds: Map<string, object>;
}
const { readPromises, acknowledged, judge } = loadModule<{
  readPromises(text: string): Told;
  acknowledged(told: Told): object[];
  judge(seen: object): Verdict[];
}>(join(__dirname, 'verdict.mjs'));

const EXPIRES_AT = '2026-11-22T12:00:00.000Z';
const held = (hold: string) => ({ did: 'held', hold, sku: 'A', units: 1, expiresAt: EXPIRES_AT });
const paid = (hold: string) => ({ did: 'paid', hold, order: `o-${hold}`, amountMinor: 500 });
const lines = (...notes: object[]) => notes.map((note) => `${JSON.stringify(note)}\n`).join('');

/** Two shoppers paid, one left; the books agree. */
function seen(
  change: { told?: string; counts?: object; ledger?: object; audit?: object; verify?: object } = {},
) {
  const text = lines(held('h1'), paid('h1'), held('h2'), paid('h2'), held('h3'), { did: 'left', hold: 'h3' });
  return {
    told: readPromises(change.told ?? text),
    summary: { counts: { holds_given: 3, orders_paid: 2, ...change.counts } },
    ledger: {
      ...{ holds: 3, paid: 2, pending: 0, charges: 2, charged_orders: 2, kept_minor: 1000, owed_minor: 1000 },
      ...change.ledger,
    },
    audit: { oversold: 0, lost: 0, ...change.audit },
    verify: { ok: true, invariants: [{ name: 'no-oversell', broken: 0 }], ...change.verify },
  };
}
const complaints = (change: Parameters<typeof seen>[0]) =>
  judge(seen(change))
    .filter(({ kept }) => !kept)
    .map(({ says }) => says);

describe('the verdict about a k6 run', () => {
  it('finds nothing where the books agree with what shoppers were told', () => {
    expect(complaints({})).toEqual([]);
    expect(judge(seen())).toHaveLength(10);
  });

  it.each([
    ['a hold that nobody was told of', { ledger: { holds: 4 } }, 'holds given are the holds in the ledger'],
    ['a hold that is not in the ledger', { ledger: { holds: 2 } }, 'holds given are the holds in the ledger'],
    ['a lost acknowledgement', { audit: { lost: 1 } }, 'nothing that was acknowledged is lost'],
    ['an order left open', { ledger: { pending: 1 } }, 'no order is left open'],
    ['a second charge', { ledger: { charges: 3 } }, 'each paid order is one charge'],
    [
      'too much money',
      { ledger: { kept_minor: 1500 } },
      'the money is what was owed, and what shoppers were told',
    ],
    ['a note that was lost', { counts: { holds_given: 4 } }, 'k6 counted what it noted'],
    ['a broken invariant', { verify: { ok: false } }, 'holdfast verify'],
    [
      'oversold units',
      { audit: { oversold: 2 } },
      'nothing is oversold, by the ledger and by what shoppers were told',
    ],
  ])('finds %s', (_what, change, says) => {
    expect(complaints(change)).toEqual([says]);
  });

  it('finds a hold that two shoppers were given', () => {
    const told = lines(held('h1'), held('h1'));
    expect(complaints({ told })).toContain('no hold was given to two shoppers');
  });

  it('allows for answers that nobody got, and for no more of them', () => {
    const told = lines(held('h1'), paid('h1'), held('h2'), held('h3'), {
      did: 'unknown',
      what: 'order',
      hold: 'h2',
    });
    expect(complaints({ told, counts: { orders_paid: 1 } })).toEqual([]);
    const none = lines(held('h1'), paid('h1'), held('h2'), held('h3'));
    expect(complaints({ told: none, counts: { orders_paid: 1 } })).toContain(
      'payments answered are the paid orders in the ledger',
    );
  });

  it('counts as promised what a shopper keeps, and not what they left', () => {
    const told = readPromises(lines(held('h1'), held('h2'), { did: 'left', hold: 'h2' }));
    expect(acknowledged(told)).toEqual([
      expect.objectContaining({ holdId: 'h1', expiresAtMs: Date.parse(EXPIRES_AT) }),
      expect.objectContaining({ holdId: 'h2', expiresAtMs: 0 }),
    ]);
  });
});
