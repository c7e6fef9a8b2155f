import { ServiceUnavailable } from '@holdfast/contracts';
import { type Clock, SystemClock } from '@holdfast/kernel';
import { TestClock } from '@holdfast/testing';
import { merchantCommand } from '../../../../test/support/merchant-command';
import { ModelLedger } from '../../../../test/support/model-ledger';
import { isOfMerchant, type LaneCommand, type PlaceCommand } from '../domain/lane-command';
import { Lane } from './lane';
import { LANE_SETTINGS, type LaneSettings } from './lane-settings';
import { BatchRefused, LedgerUnreachable, type BatchResult } from './ports/ledger.port';

/** A ledger whose batches wait until the test lets them go. */
class SteppedLedger extends ModelLedger {
  readonly batches: LaneCommand[][] = [];
  private readonly gates: (() => void)[] = [];

  override async runBatch(dropId: string, commands: readonly LaneCommand[]): Promise<BatchResult> {
    this.batches.push([...commands]);
    await new Promise<void>((resolve) => this.gates.push(resolve));
    // The model knows no merchants.
    if (commands.every(isOfMerchant))
      return { answers: commands.map(() => ({ kind: 'drop-closed' })), news: null };
    return super.runBatch(dropId, commands);
  }

  /** Lets the oldest batch commit, and waits until its answers and the next batch are on their way. */
  async commit(): Promise<void> {
    this.gates.shift()?.();
    for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }
}

const place = (n: number, more: Partial<PlaceCommand> = {}): PlaceCommand => ({
  kind: 'place',
  holdId: `d-h${n}`,
  customerId: `cus_${n}`,
  fingerprint: 'x',
  lines: [{ sku: 'A', quantity: 1 }],
  ...more,
});

/** So long that a machine which stands still brings none about. */
const NO_DEADLINE: Partial<LaneSettings> = { deadlineMs: 600_000, predictedWaitMsMax: 600_000 };

function laneOn(ledger: ModelLedger, settings: Partial<LaneSettings> = {}, clock: Clock = new SystemClock()) {
  const doubts: string[] = [];
  const lane = new Lane('d', {
    ledger,
    clock,
    random: () => 0.5,
    settings: { ...LANE_SETTINGS, ...NO_DEADLINE, ...settings },
    onNews: () => undefined,
    onDoubt: (dropId) => doubts.push(dropId),
  });
  return { lane, doubts };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('a lane', () => {
  it('sends a lone command at once', async () => {
    const ledger = new SteppedLedger({ A: 5 }, 4);
    const { lane } = laneOn(ledger);
    const answer = lane.submit(place(1));
    await turn();
    expect(ledger.batches).toHaveLength(1);
    await ledger.commit();
    expect(await answer).toMatchObject({ kind: 'held' });
  });

  it('has one batch in flight and sends all that waits when it has committed, 256 at most', async () => {
    const ledger = new SteppedLedger({ A: 1_000 }, 4);
    const { lane } = laneOn(ledger);
    const answers = [lane.submit(place(0))];
    await turn();
    for (let n = 1; n <= 300; n += 1) answers.push(lane.submit(place(n)));
    await turn();
    expect(ledger.batches.map((batch) => batch.length)).toEqual([1]);
    await ledger.commit();
    expect(ledger.batches.map((batch) => batch.length)).toEqual([1, 256]);
    await ledger.commit();
    await ledger.commit();
    expect(ledger.batches.map((batch) => batch.length)).toEqual([1, 256, 44]);
    for (const answer of await Promise.all(answers)) expect(answer).toMatchObject({ kind: 'held' });
  });

  it('never answers before the commit', async () => {
    const ledger = new SteppedLedger({ A: 5 }, 4);
    let answered = false;
    void laneOn(ledger)
      .lane.submit(place(1))
      .then(() => (answered = true));
    for (let i = 0; i < 5; i += 1) await turn();
    expect(answered).toBe(false);
    await ledger.commit();
    expect(answered).toBe(true);
  });

  it('lets the same request join the one that waits, and keeps other commands on its hold for the next batch', async () => {
    const ledger = new SteppedLedger({ A: 5 }, 4);
    const { lane } = laneOn(ledger);
    const same = [lane.submit(place(1)), lane.submit(place(1))];
    const other = lane.submit(place(1, { fingerprint: 'y' }));
    await turn();
    expect(ledger.batches.map((batch) => batch.length)).toEqual([1]);
    await ledger.commit();
    await ledger.commit();
    expect((await Promise.all(same)).map((answer) => 'replayed' in answer && answer.replayed)).toEqual([
      false,
      true,
    ]);
    expect(await other).toEqual({ kind: 'key-reused' });
  });

  it('takes what frees or sells units before new places, and rare commands by themselves', async () => {
    const ledger = new SteppedLedger({ A: 5 }, 4);
    const { lane } = laneOn(ledger);
    const first = lane.submit(place(1));
    await turn();
    const release = { kind: 'release', holdId: 'd-h1', customerId: 'cus_1', orderId: null } as const;
    const units = { movementId: 'm', sku: 'A', delta: 1, reason: 'recount' };
    const rare = { kind: 'adjust', ...merchantCommand(), ...units } as const;
    const later = [lane.submit(place(2)), lane.submit(rare).catch(() => null), lane.submit(release)];
    await ledger.commit();
    await ledger.commit();
    await ledger.commit();
    const kinds = ledger.batches.map((batch) => batch.map(({ kind }) => kind).join('+'));
    expect(kinds).toEqual(['place', 'adjust', 'release+place']);
    await Promise.all([first, ...later]);
  });

  it("predicts the wait for places by batches of places, whatever a merchant's commands take", async () => {
    const clock = new TestClock();
    const ledger = new SteppedLedger({ A: 1_000 }, 4);
    const { lane } = laneOn(ledger, { predictedWaitMsMax: 300 }, clock);
    const run = async (command: LaneCommand, ms: number) => {
      const answer = lane.submit(command);
      await turn();
      clock.advance(ms);
      await ledger.commit();
      await answer;
    };
    for (let n = 0; n < 20; n += 1) await run(place(n), 400);
    const adjust = (n: number): LaneCommand => ({
      kind: 'adjust',
      movementId: `d-m${n}`,
      ...{ sku: 'A', delta: 1, reason: 'recount' },
      ...merchantCommand(),
    });
    for (let n = 0; n < 20; n += 1) await run(adjust(n), 1);
    const first = lane.submit(place(100));
    await turn();
    expect(await lane.submit(place(101))).toEqual({ kind: 'busy', retryAfterSeconds: 1 });
    await ledger.commit();
    expect(await first).toMatchObject({ kind: 'held' });
  });

  it('settles an unknown commit by sending the same batch again', async () => {
    const ledger = new ModelLedger({ A: 5 }, 4);
    const commit = ledger.runBatch.bind(ledger);
    let calls = 0;
    ledger.runBatch = async (dropId, commands) => {
      calls += 1;
      const result = await commit(dropId, commands);
      if (calls < 3) throw new LedgerUnreachable('the reply was lost');
      return result;
    };
    const { lane } = laneOn(ledger, { retry: { firstMs: 1, maxMs: 2 } });
    expect(await lane.submit(place(1))).toMatchObject({ kind: 'held' });
    expect(calls).toBe(3);
    expect(ledger.available.get('A')).toBe(4);
  });

  it('gives up at the deadline, says so once, and lets the gate know that it does not know', async () => {
    const ledger = new ModelLedger({ A: 5 }, 4);
    ledger.runBatch = () => Promise.reject(new LedgerUnreachable('away'));
    const { lane, doubts } = laneOn(ledger, { deadlineMs: 60, retry: { firstMs: 5, maxMs: 10 } });
    await expect(lane.submit(place(1))).rejects.toThrow(ServiceUnavailable);
    await lane.close();
    expect(new Set(doubts)).toEqual(new Set(['d']));
  });

  it('serves the neighbours of a bad command, and fails it alone', async () => {
    const ledger = new ModelLedger({ A: 100 }, 4);
    const commit = ledger.runBatch.bind(ledger);
    ledger.runBatch = async (dropId, commands) => {
      if (commands.some((command) => command.kind === 'place' && command.holdId === 'd-h7'))
        throw new BatchRefused('bad');
      return commit(dropId, commands);
    };
    const { lane } = laneOn(ledger);
    const settled = await Promise.allSettled(Array.from({ length: 20 }, (_, n) => lane.submit(place(n))));
    expect(settled.map(({ status }, n) => (status === 'rejected' ? n : -1)).filter((n) => n >= 0)).toEqual([
      7,
    ]);
    expect(ledger.available.get('A')).toBe(81);
  });
});
