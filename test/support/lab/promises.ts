import { waitFor } from '@holdfast/testing';
import { expectSoundBooks } from '../audit';
import { onDatabase } from '../drops';
import { readTruth } from '../ledger-truth';
import { type Answer, type Call, inTurns, type Witness } from '../witness';

export interface Kept {
  url: string;
  databaseUrl: string;
  dropId: string;
  /** Hold time and payment window: after it nothing may be held back. */
  quietMs: number;
}

const idOf = ({ answer }: { answer: Answer | null }) => (JSON.parse(answer!.text) as { id: string }).id;

/** Everything that a crowd was told still stands, each key had one effect, nothing is stranded, and money equals orders. */
export async function expectAllWell(witness: Witness, kept: Kept): Promise<string> {
  await expectPromisesKept(witness);
  const open = await settleOpenCalls(witness);
  await expectOneEffectEach(witness, kept);
  await expectNothingStranded(kept);
  await expectSoundBooks(kept.databaseUrl);
  const [holds, orders] = [witness.acknowledged('hold').length, witness.acknowledged('order').length];
  return `${holds} holds and ${orders} orders acknowledged, ${open} calls were without an answer`;
}

async function expectPromisesKept(witness: Witness): Promise<void> {
  const broken: string[] = [];
  await inTurns([...witness.acknowledged('hold'), ...witness.acknowledged('order')], async (call) => {
    const { address, status, body: found } = await witness.found(call);
    if (status !== 200 || found.id !== idOf(call)) broken.push(`lost: ${address} → ${status}`);
    const told = JSON.parse(call.answer!.text) as { state: string };
    if (told.state === 'paid' && found.state !== 'paid')
      broken.push(`no longer paid: ${address} → ${found.state}`);
    const again = await witness.surely(call);
    if (again?.status !== call.answer!.status || again.text !== call.answer!.text || !again.replayed)
      broken.push(`another answer: ${call.key} ${call.answer!.text} → ${JSON.stringify(again)}`);
  });
  expect(broken).toEqual([]);
}

/** Who was left without an answer asks again with the same key, and from then on hears the same. */
async function settleOpenCalls(witness: Witness): Promise<number> {
  const open = witness.open();
  const broken: string[] = [];
  await inTurns(open, async (call) => {
    await waitFor(`an answer to ${call.key}`, async () => (call.answer = await witness.again(call)));
    const again = await witness.surely(call);
    const first = call.answer!;
    if (first.status < 300 && again?.text !== first.text)
      broken.push(`${call.key}: ${first.text} → ${again?.text}`);
    if (first.status >= 300 && ![402, 404, 409, 410].includes(first.status))
      broken.push(`${call.key}: ${first.text}`);
  });
  expect(broken).toEqual([]);
  return open.length;
}

/** The ledger knows the holds and orders that shoppers know, and no other. */
async function expectOneEffectEach(witness: Witness, { databaseUrl, dropId }: Kept): Promise<void> {
  const known = (kind: Call['kind']) => witness.acknowledged(kind).map(idOf).sort();
  const ids = (text: string) =>
    onDatabase(databaseUrl, async (client) =>
      (await client.query<{ id: string }>(text, [dropId])).rows.map(({ id }) => id).sort(),
    );
  // Money that came after the hold's time takes the units again under an id of the order: that one no shopper asked for.
  const holds = await ids(
    `SELECT hold_id AS id FROM inventory.hold h WHERE drop_id = $1 AND NOT (state = 'confirmed' AND EXISTS
       (SELECT FROM checkout.orders o WHERE o.order_id = h.order_id AND o.hold_id <> h.hold_id))`,
  );
  expect(holds).toEqual(known('hold'));
  // An order that was refused because its hold had ended left no answer to replay.
  const orders = await ids(
    'SELECT order_id AS id FROM checkout.orders WHERE drop_id = $1 AND answer_body IS NOT NULL',
  );
  expect(orders).toEqual(known('order'));
}

async function expectNothingStranded({ databaseUrl, dropId, quietMs }: Kept): Promise<void> {
  await waitFor(
    'all holds and payments to end',
    () =>
      onDatabase(databaseUrl, async (client) => {
        const { rows } = await client.query<{ left: string }>(
          `SELECT (SELECT count(*) FROM inventory.hold WHERE drop_id = $1 AND state = 'held')
             + (SELECT count(*) FROM checkout.orders WHERE drop_id = $1 AND state = 'pending') AS left`,
          [dropId],
        );
        return rows[0]!.left === '0';
      }),
    { deadlineMs: quietMs + 30_000, everyMs: 250 },
  );
  const { faults, stock } = await readTruth(databaseUrl, dropId);
  expect(faults).toEqual([]);
  for (const { held, available, sold, total } of Object.values(stock)) {
    expect(held).toBe(0);
    expect(available + sold).toBe(total);
    expect(sold).toBeGreaterThan(0);
  }
}
