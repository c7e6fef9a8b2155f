import fc from 'fast-check';
import { SystemClock } from '@holdfast/kernel';
import { laneCommand, MODEL_LIMIT, MODEL_SKUS } from '../../../../test/support/lane-commands';
import { ModelLedger } from '../../../../test/support/model-ledger';
import { runsAlone, subjectOf, type LaneCommand } from '../domain/lane-command';
import { Lane } from './lane';
import { LANE_SETTINGS } from './lane-settings';
import { LedgerUnreachable, type BatchResult } from './ports/ledger.port';

/** Loses replies before or after the commit, as told, and checks what it is sent. */
class UnreliableLedger extends ModelLedger {
  inFlight = 0;

  constructor(private readonly faults: ('none' | 'before' | 'after')[]) {
    super(MODEL_SKUS, MODEL_LIMIT);
  }

  override async runBatch(dropId: string, commands: readonly LaneCommand[]): Promise<BatchResult> {
    this.inFlight += 1;
    expect(this.inFlight).toBe(1);
    expect(commands.length).toBeLessThanOrEqual(5);
    expect(new Set(commands.map(subjectOf)).size).toBe(commands.length);
    expect(commands.length === 1 || !commands.some(runsAlone)).toBe(true);
    await new Promise((resolve) => setImmediate(resolve));
    this.inFlight -= 1;
    const fault = this.faults.shift() ?? 'none';
    if (fault === 'before') throw new LedgerUnreachable('never arrived');
    const result = await super.runBatch(dropId, commands);
    if (fault === 'after') throw new LedgerUnreachable('the reply was lost');
    return result;
  }
}

it('answers every command once and never gives more than there is, whatever is lost on the way', async () => {
  const waves = fc.array(fc.array(laneCommand('d'), { maxLength: 20 }), { maxLength: 5 });
  const faults = fc.array(fc.constantFrom('none' as const, 'before' as const, 'after' as const), {
    maxLength: 20,
  });
  await fc.assert(
    fc.asyncProperty(waves, faults, async (commands, lost) => {
      const ledger = new UnreliableLedger(lost);
      const lane = new Lane('d', {
        ledger,
        clock: new SystemClock(),
        random: () => 0,
        // Deadlines have tests of their own; here a machine that stands still must not bring one about.
        settings: {
          ...LANE_SETTINGS,
          deadlineMs: 600_000,
          batchMax: 5,
          retry: { firstMs: 0, maxMs: 0 },
        },
        onNews: () => undefined,
        onDoubt: () => undefined,
      });
      const answers: Promise<unknown>[] = [];
      for (const wave of commands) {
        answers.push(...wave.map((command) => lane.submit(command)));
        await new Promise((resolve) => setImmediate(resolve));
      }
      await Promise.all(answers);
      await lane.close();
      for (const [sku, units] of ledger.available) {
        let taken = 0;
        for (const { place, state } of ledger.holds.values())
          if (state === 'held' || state === 'confirmed')
            for (const line of place.lines) if (line.sku === sku) taken += line.quantity;
        expect(units).toBeGreaterThanOrEqual(0);
        expect(units + taken).toBe(MODEL_SKUS[sku as keyof typeof MODEL_SKUS]);
      }
      for (const { place } of ledger.holds.values())
        expect(ledger.unitsOf(place.customerId)).toBeLessThanOrEqual(MODEL_LIMIT);
    }),
    { numRuns: 100 },
  );
});
