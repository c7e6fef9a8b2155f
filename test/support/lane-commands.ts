import fc from 'fast-check';
import type { EndCommand, LaneCommand, PlaceCommand } from '../../apps/inventory/src/domain/lane-command';

export const MODEL_SKUS = { A: 12, B: 5, C: 1 };
export const MODEL_LIMIT = 6;

/** Few ids, so that commands meet: the same hold twice, another customer's hold, another body for the same key. */
const holdNumber = fc.nat({ max: 14 });
const customer = fc.constantFrom('cus_1', 'cus_2', 'cus_3', 'cus_4');
const line = fc.record({
  sku: fc.constantFrom('A', 'B', 'C', 'nope'),
  quantity: fc.integer({ min: 1, max: 4 }),
});

function place(dropId: string): fc.Arbitrary<PlaceCommand> {
  return (
    fc
      .record({
        hold: holdNumber,
        lines: fc.uniqueArray(line, { minLength: 1, maxLength: 3, selector: ({ sku }) => sku }),
      })
      // A hold's id is derived from its customer, so a hold number has one customer.
      .map(({ hold, lines }) => ({
        kind: 'place',
        holdId: `${dropId}-h${hold}`,
        customerId: `cus_${(hold % 4) + 1}`,
        fingerprint: JSON.stringify(lines),
        lines,
      }))
  );
}

function end(dropId: string): fc.Arbitrary<EndCommand> {
  return fc
    .record({
      kind: fc.constantFrom('confirm', 'release', 'release-for-order', 'yield', 'extend'),
      hold: holdNumber,
      stranger: fc.nat({ max: 9 }),
      customer,
      order: fc.constantFrom('o1', 'o2'),
    })
    .map(({ kind, hold, stranger, customer: other, order }) => ({
      kind,
      holdId: `${dropId}-h${hold}`,
      customerId: stranger === 0 ? other : `cus_${(hold % 4) + 1}`,
      orderId: kind === 'release' ? null : order,
    }));
}

/** Any command on a drop that the model knows. */
export function laneCommand(dropId: string): fc.Arbitrary<LaneCommand> {
  return fc.oneof(
    { weight: 6, arbitrary: place(dropId) },
    { weight: 5, arbitrary: end(dropId) },
    { weight: 1, arbitrary: fc.constant<LaneCommand>({ kind: 'expire', max: 100 }) },
  );
}

/** An answer without what only the ledger knows: prices and times. */
export function essence(answer: { kind: string }): object {
  const { hold, ...rest } = answer as { hold?: { id: string } };
  return hold === undefined ? rest : { ...rest, hold: hold.id };
}
