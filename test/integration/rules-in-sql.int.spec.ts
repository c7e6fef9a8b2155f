import fc from 'fast-check';
import { bandOf, BANDS, DROP_STATES, dropStateAt } from '@holdfast/contracts';
import { isDropId } from '@holdfast/kernel';
import { STEPS } from '../../apps/checkout/src/domain/order';
import { createLedger, type TestLedger } from '../support/database';
import { onDatabase } from '../support/drops';

/** What SQL and TypeScript both say. */
let ledger: TestLedger;
beforeAll(async () => {
  ledger = await createLedger('rules');
});
afterAll(() => ledger.drop());

const ask = <R extends object>(text: string, values: unknown[] = []) =>
  onDatabase(ledger.url, async (client) => (await client.query<R>(text, values)).rows);

const START = Date.parse('2026-11-22T12:00:00Z');
/** Few different moments, so that many are equal. */
const moment = fc.integer({ min: -2, max: 2 }).map((ms) => new Date(START + ms).toISOString());
const dropAtMoment = fc.record({
  state: fc.constantFrom(...DROP_STATES),
  opensAt: fc.option(moment),
  closesAt: fc.option(moment),
  at: moment,
});

it('the state of a drop at a moment is the same in SQL and in TypeScript, for all states and orders of times', async () => {
  const property = fc.asyncProperty(
    fc.array(dropAtMoment, { minLength: 200, maxLength: 200 }),
    async (drops) => {
      const rows = await ask<{ state: string }>(
        `SELECT inventory.drop_state_at(state, opens_at, closes_at, at) AS state
       FROM unnest($1::text[], $2::timestamptz[], $3::timestamptz[], $4::timestamptz[])
         WITH ORDINALITY AS d(state, opens_at, closes_at, at, n) ORDER BY n`,
        (['state', 'opensAt', 'closesAt', 'at'] as const).map((key) => drops.map((drop) => drop[key])),
      );
      expect(rows.map(({ state }) => state)).toEqual(
        drops.map((drop) => dropStateAt(drop, Date.parse(drop.at))),
      );
    },
  );
  await fc.assert(property, { numRuns: 10 });
});

/** Near the bounds of the bands, and anywhere. */
const units = fc.integer({ min: 0, max: 100_000_000 }).chain((total) =>
  fc
    .oneof(
      fc.integer({ min: 0, max: total }),
      fc.integer({ min: 0, max: Math.min(5, total) }),
      fc
        .constantFrom(0.02, 0.2)
        .chain((part) =>
          fc
            .integer({ min: -1, max: 1 })
            .map((by) => Math.min(total, Math.max(0, Math.round(total * part) + by))),
        ),
    )
    .map((available) => ({ available, total })),
);

it('the band of some units is the same in SQL and in TypeScript, on each side of each bound', async () => {
  const property = fc.asyncProperty(fc.array(units, { minLength: 200, maxLength: 200 }), async (some) => {
    const rows = await ask<{ band: string }>(
      `SELECT inventory.shown_band('bands', available, total) AS band
       FROM unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY AS u(available, total, n) ORDER BY n`,
      [some.map(({ available }) => available), some.map(({ total }) => total)],
    );
    expect(rows.map(({ band }) => band)).toEqual(
      some.map(({ available, total }) => bandOf(available, total)),
    );
  });
  await fc.assert(property, { numRuns: 20 });
});

it.each([
  [0, 0, 'none'],
  [0, 10, 'none'],
  [3, 3, 'last'],
  [4, 4, 'plenty'],
  [4, 21, 'few'],
  [20, 100, 'plenty'],
  [19, 100, 'few'],
  [20, 1_000, 'last'],
  [21, 1_000, 'few'],
] as const)('%s of %s units are in the band that the contract names: %s', async (available, total, band) => {
  expect(BANDS).toContain(band);
  expect(bandOf(available, total)).toBe(band);
  const [row] = await ask<{ band: string; hidden: string; exact: string | null }>(
    `SELECT inventory.shown_band('bands', $1, $2) AS band, inventory.shown_band('hidden', $1, $2) AS hidden,
       inventory.shown_band('exact', $1, $2) AS exact`,
    [available, total],
  );
  expect(row).toEqual({ band, hidden: available === 0 ? 'none' : 'some', exact: null });
});

const checkOf = async (name: string): Promise<string> => {
  const rows = await ask<{ text: string }>(
    'SELECT pg_get_constraintdef(oid) AS text FROM pg_constraint WHERE conname = $1',
    [name],
  );
  expect(rows).toHaveLength(1);
  return rows[0]!.text;
};

it('the shape of a drop id is the same in the CHECK and in TypeScript', async () => {
  const [, shape] = /'(.*)'/.exec(await checkOf('drop_drop_id_check'))!;
  const part = fc.constantFrom('d', 'z', '0', '9', 'A', '-', '\n', 'é', 'abcdefgh01234567');
  const texts = fc.array(fc.array(part, { maxLength: 5 }), { minLength: 200, maxLength: 200 });
  const property = fc.asyncProperty(texts, async (parts) => {
    const ids = parts.map((some) => some.join(''));
    const sql = 'SELECT id ~ $2 AS fits FROM unnest($1::text[]) WITH ORDINALITY AS i(id, n) ORDER BY n';
    const rows = await ask<{ fits: boolean }>(sql, [ids, shape]);
    expect(rows.map(({ fits }) => fits)).toEqual(ids.map(isDropId));
  });
  await fc.assert(property, { numRuns: 10 });
});

it.each([
  ['drop_state_check', DROP_STATES],
  ['orders_step_check', STEPS],
])('%s allows the states that TypeScript knows', async (name, states) => {
  const words = [...(await checkOf(name)).matchAll(/'([^']*)'/g)].map(([, word]) => word);
  expect(new Set(words)).toEqual(new Set(states));
});
