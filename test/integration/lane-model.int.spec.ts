import fc from 'fast-check';
import { subjectOf, type LaneCommand } from '../../apps/inventory/src/domain/lane-command';
import { createLedger, type TestLedger } from '../support/database';
import { insertDrop, onDatabase } from '../support/drops';
import { openInventory, type Inventory } from '../support/inventory';
import { essence, laneCommand, MODEL_LIMIT, MODEL_SKUS } from '../support/lane-commands';
import { readTruth } from '../support/ledger-truth';
import { ModelLedger } from '../support/model-ledger';

let db: TestLedger;
let inventory: Inventory;

beforeAll(async () => {
  db = await createLedger('lane_model');
  inventory = openInventory(db.url);
});

afterAll(async () => {
  await inventory.close();
  await db.drop();
});

const DROP = 'dmodel';
type Step = { kind: 'batch'; commands: LaneCommand[] } | { kind: 'time'; hold: number };

/** Batches as a lane makes them, each subject once, and between them holds whose time runs out. */
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc
        .uniqueArray(laneCommand(DROP), { minLength: 1, maxLength: 12, selector: subjectOf })
        .map((commands): Step => ({ kind: 'batch', commands })),
    },
    { weight: 1, arbitrary: fc.nat({ max: 14 }).map((hold): Step => ({ kind: 'time', hold })) },
  ),
  { minLength: 1, maxLength: 12 },
);

/** The same commands, on the drop of this run. */
function onDrop(commands: readonly LaneCommand[], dropId: string): LaneCommand[] {
  return commands.map((command) =>
    'holdId' in command ? { ...command, holdId: command.holdId.replace(DROP, dropId) } : command,
  );
}

it('decides every batch as the plain rules do', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (run) => {
      const dropId = await insertDrop(db.url, { skus: MODEL_SKUS, perCustomerLimit: MODEL_LIMIT });
      const model = new ModelLedger(MODEL_SKUS, MODEL_LIMIT);
      for (const step of run) {
        if (step.kind === 'time') {
          const hold = model.holds.get(`${dropId}-h${step.hold}`);
          if (hold) hold.over = true;
          await onDatabase(db.url, (client) =>
            client.query(
              `UPDATE inventory.hold SET expires_at = 'epoch', first_expires_at = 'epoch' WHERE drop_id = $1 AND hold_id = $2`,
              [dropId, `${dropId}-h${step.hold}`],
            ),
          );
          continue;
        }
        const commands = onDrop(step.commands, dropId);
        const expected = await model.runBatch(dropId, commands);
        const { answers } = await inventory.ledger.runBatch(dropId, commands);
        expect(answers.map(essence)).toEqual(expected.answers.map(essence));
      }
      const { faults, stock } = await readTruth(db.url, dropId);
      expect(faults).toEqual([]);
      for (const [sku, units] of model.available) expect(stock[sku]!.available).toBe(units);
    }),
    { numRuns: 60 },
  );
});
