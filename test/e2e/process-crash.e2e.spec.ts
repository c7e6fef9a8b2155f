import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from '@holdfast/testing';
import { Client } from 'pg';
import { processTable, sendSignal, stillAlive } from '../support/processes';
import { type Product, startProduct } from '../support/product';
import { SOAK } from '../support/seeds';
import { type Answer, type Call, inTurns, Witness } from '../support/witness';

const HOLD_TTL_S = 4;
const PAYMENT_WINDOW_S = 4;
const UNITS = 1_000_000;
const ENV = { HOLDFAST_DEMO: 'off', HOLDFAST_PAYMENT_WINDOW: String(PAYMENT_WINDOW_S) };
const MINUTES = 60_000;

interface RunState {
  databaseUrl: string;
  components: { kind: string; pid: number | null }[];
}

const runState = (product: Product) =>
  JSON.parse(readFileSync(join(product.dataDir, 'run.json'), 'utf8')) as RunState;

async function rows<T>(product: Product, text: string, values: unknown[] = []): Promise<T[]> {
  const client = new Client({ connectionString: runState(product).databaseUrl });
  await client.connect();
  try {
    return (await client.query(text, values)).rows as T[];
  } finally {
    await client.end();
  }
}

async function makeDrop(product: Product): Promise<string> {
  const args = ['--name', 'Crash', '--item', `TEE=${UNITS}@12.00`, '--opens-at', 'now'];
  const answer = await product.cli(
    'drop',
    'create',
    ...args,
    '--limit',
    '10000',
    '--hold-ttl',
    String(HOLD_TTL_S),
  );
  if (answer.code !== 0) throw new Error(`no drop: ${answer.stderr}`);
  return (answer.json as { id: string }).id;
}

async function rush(product: Product): Promise<{ dropId: string; witness: Witness }> {
  const dropId = await makeDrop(product);
  const witness = new Witness(product.url, { dropId, sku: 'TEE', shoppers: 24, payEvery: 2 });
  await witness.start();
  return { dropId, witness };
}

/** The rush is at full speed: so many more holds and orders have been acknowledged since. */
async function underWay(witness: Witness, holds = 200, orders = 60): Promise<void> {
  const [had, paid] = [witness.acknowledged('hold').length, witness.acknowledged('order').length];
  await waitFor(
    'the rush to be under way',
    () =>
      witness.acknowledged('hold').length >= had + holds &&
      witness.acknowledged('order').length >= paid + orders,
    { deadlineMs: 60_000 },
  );
}

/**
 * Lets shoppers ask once a second while `work` brings back what they ask: each call that stays without an answer is asked for again at the end, twice,
 * and what starts needs the machine. What was in flight when it began is at full speed.
 */
async function whileAway<T>(witness: Witness, work: () => Promise<T>): Promise<T> {
  witness.thinkMs = 1_000;
  try {
    return await work();
  } finally {
    witness.thinkMs = 0;
  }
}

const idOf = ({ answer }: { answer: Answer | null }) => (JSON.parse(answer!.text) as { id: string }).id;

/** Everything that shoppers were told still stands, word for word. */
async function expectPromisesKept(witness: Witness): Promise<void> {
  const broken: string[] = [];
  await inTurns([...witness.acknowledged('hold'), ...witness.acknowledged('order')], async (call) => {
    const { address, status, body: found } = await witness.found(call);
    if (status !== 200 || found.id !== idOf(call)) broken.push(`lost: ${address} → ${status}`);
    const told = JSON.parse(call.answer!.text) as { state: string };
    if (told.state === 'paid' && found.state !== 'paid')
      broken.push(`no longer paid: ${address} → ${found.state}`);
    const again = await witness.surely(call);
    if (again?.status !== call.answer!.status || again.text !== call.answer!.text || !again.replayed) {
      broken.push(`another answer: ${call.key} ${call.answer!.text} → ${JSON.stringify(again)}`);
    }
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

/** One effect for each key: the ledger knows the holds and orders that shoppers know, and no other. */
async function expectOneEffectEach(product: Product, witness: Witness, dropId: string): Promise<void> {
  const known = (kind: Call['kind']) => witness.acknowledged(kind).map(idOf).sort();
  // Money that came after the hold's time takes the units again under an id of the order: that one no shopper asked for.
  const holds = await rows<{ id: string }>(
    product,
    `SELECT hold_id AS id FROM inventory.hold h WHERE drop_id = $1 AND NOT (state = 'confirmed' AND EXISTS
       (SELECT FROM checkout.orders o WHERE o.order_id = h.order_id AND o.hold_id <> h.hold_id))`,
    [dropId],
  );
  expect(holds.map(({ id }) => id).sort()).toEqual(known('hold'));
  // An order that was refused because its hold had ended left no answer to replay.
  const orders = await rows<{ id: string }>(
    product,
    `SELECT order_id AS id FROM checkout.orders WHERE drop_id = $1 AND answer_body IS NOT NULL`,
    [dropId],
  );
  expect(orders.map(({ id }) => id).sort()).toEqual(known('order'));
}

/** Once the holds' time is over nothing is held back, and money, orders and units agree. */
async function expectNothingStranded(product: Product, dropId: string): Promise<void> {
  await waitFor(
    'all holds to end',
    async () => {
      const held = await rows(product, `SELECT 1 FROM inventory.stock WHERE drop_id = $1 AND held > 0`, [
        dropId,
      ]);
      const live = await rows(
        product,
        `SELECT 1 FROM inventory.hold WHERE drop_id = $1 AND state = 'held' LIMIT 1`,
        [dropId],
      );
      const due = await rows(product, `SELECT 1 FROM checkout.orders WHERE state = 'pending' LIMIT 1`);
      return held.length === 0 && live.length === 0 && due.length === 0;
    },
    { deadlineMs: (HOLD_TTL_S + PAYMENT_WINDOW_S) * 1_000 + 30_000, everyMs: 250 },
  );
  const [sums] = await rows<Record<string, string>>(
    product,
    `SELECT s.total, s.available, s.held, s.sold,
       (SELECT coalesce(sum(units), 0) FROM inventory.hold WHERE drop_id = $1 AND state = 'confirmed') AS confirmed,
       (SELECT coalesce(sum(units), 0) FROM inventory.customer_units WHERE drop_id = $1) AS counted,
       (SELECT coalesce(sum(total_minor), 0) FROM checkout.orders WHERE drop_id = $1 AND state = 'paid') AS paid_minor,
       (SELECT coalesce(sum(captured_minor - refunded_minor), 0) FROM sandbox.charge WHERE state = 'captured') AS kept_minor,
       (SELECT count(*) FROM (SELECT 1 FROM sandbox.charge WHERE state = 'captured' GROUP BY order_id HAVING count(*) > 1) twice) AS charged_twice
     FROM inventory.stock s WHERE s.drop_id = $1`,
    [dropId],
  );
  const sold = Number(sums!['sold']);
  expect(sums).toEqual({
    total: String(UNITS),
    available: String(UNITS - sold),
    held: '0',
    sold: String(sold),
    confirmed: String(sold),
    counted: String(sold),
    paid_minor: String(sold * 1_200),
    kept_minor: String(sold * 1_200),
    charged_twice: '0',
  });
  expect(sold).toBeGreaterThan(0);
  const verdict = await product.cli('verify');
  expect({ code: verdict.code, json: verdict.json }).toMatchObject({ code: 0, json: { ok: true } });
}

async function expectAllWell(product: Product, witness: Witness, dropId: string): Promise<void> {
  await expectPromisesKept(witness);
  const open = await settleOpenCalls(witness);
  await expectOneEffectEach(product, witness, dropId);
  await expectNothingStranded(product, dropId);
  const [holds, orders] = [witness.acknowledged('hold').length, witness.acknowledged('order').length];
  console.info(`${holds} holds and ${orders} orders acknowledged, ${open} calls without an answer`);
}

const postgresPid = (product: Product) =>
  runState(product).components.find(({ kind }) => kind === 'postgres')!.pid!;
const parentOf = (pid: number) => processTable().find((row) => row.pid === pid)!.parent;

const killProduct = (product: Product) => product.kill9();
const killAll = (product: Product) => product.killAll9();
const postgres = postgresPid;
const lifeline = (product: Product) => parentOf(postgresPid(product));

describe('kill -9 in the middle of a rush', () => {
  type Kills = [what: string, kills: ((product: Product) => Promise<unknown>)[]];
  const kills: Kills[] = [['of the product, then of every process at once', [killProduct, killAll]]];
  if (SOAK) kills.push(['of every process at once, twice', [killAll, killAll]]);

  it.each(kills)(
    '%s: a restart at once keeps every promise and strands nothing',
    async (_, [first, second]) => {
      const product = await startProduct({ env: ENV });
      const { dropId, witness } = await rush(product);
      await underWay(witness);
      const before = product.pids();
      await first!(product);
      const startAgain = () => startProduct({ env: ENV, dataDir: product.dataDir });
      const restarted = await whileAway(witness, startAgain);
      expect(stillAlive(before)).toEqual([]);
      witness.url = restarted.url;
      await underWay(witness);
      await second!(restarted);
      const last = await whileAway(witness, startAgain);
      witness.url = last.url;
      await witness.stop();
      await expectAllWell(last, witness, dropId);
      await last.stop();
    },
    3 * MINUTES,
  );

  type Victims = [what: string, victims: ((product: Product) => number)[]];
  const victims: Victims[] = [["of PostgreSQL's main process, then of its lifeline", [postgres, lifeline]]];
  if (SOAK)
    victims.push(
      ["of PostgreSQL's main process, twice", [postgres, postgres]],
      ["of PostgreSQL's lifeline, twice", [lifeline, lifeline]],
    );

  it.each(victims)(
    '%s: the product goes on by itself, keeps every promise and strands nothing',
    async (_, each) => {
      const product = await startProduct({ env: ENV });
      const { dropId, witness } = await rush(product);
      for (const victim of each) {
        await underWay(witness);
        const pid = postgresPid(product);
        sendSignal(victim(product), 'SIGKILL');
        const isBack = () => postgresPid(product) !== pid;
        await whileAway(witness, () => waitFor('PostgreSQL to be back', isBack));
        await underWay(witness);
      }
      await witness.stop();
      expect(stillAlive([product.pid])).toHaveLength(1);
      await expectAllWell(product, witness, dropId);
      await product.stop();
    },
    3 * MINUTES,
  );
});
