import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Rehearsal, type RehearsalRun, rehearsalSchema } from '@holdfast/contracts';
import { sampleEvidence, sampleNoGo, sampleRehearsal, waitFor } from '@holdfast/testing';
import { followRehearsal } from '../../apps/cli/src/rehearse/follow-rehearsal';
import { type CliAnswer, runInProcess } from '../support/cli';
import { createLedger, type TestLedger } from '../support/database';
import { insertDrop, onDatabase } from '../support/drops';
import { openRehearsals, RUNNER, type TestRehearsals } from '../support/rehearsals';

const ASKED_MS = 20_000;
const STOPPED_MS_MAX = 5_000; // the contract of a stop

/** The command line against a real ledger; the test takes the part of the product's runner. */
describe('holdfast rehearse and forecast', () => {
  let db: TestLedger;
  let ledger: TestRehearsals;
  let dataDir: string;

  beforeAll(async () => {
    db = await createLedger('cli-rehearse');
    ledger = openRehearsals(db.url);
  });
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'holdfast-rehearse-'));
    const run = {
      pid: process.pid,
      startedAt: new Date().toISOString(),
      mode: 'standalone',
      address: 'http://127.0.0.1:1',
      databaseUrl: db.url,
      components: [],
    };
    writeFileSync(join(dataDir, 'run.json'), JSON.stringify(run));
  });
  afterEach(async () => {
    rmSync(dataDir, { recursive: true, force: true });
    await onDatabase(db.url, (client) =>
      client.query(`UPDATE inventory.drop SET state = 'closed', closes_at = now() WHERE ghost_of IS NULL`),
    );
  });
  afterAll(async () => {
    await ledger.close();
    await db.drop();
  });

  const cli = (args: string[], signal?: AbortSignal): Promise<CliAnswer> =>
    runInProcess(args, { HOLDFAST_DATA_DIR: dataDir }, signal);
  const drop = () => insertDrop(db.url, { skus: { A: 30, B: 20 }, state: 'draft' });

  /** Takes over what the command line has asked for. */
  const claim = (): Promise<RehearsalRun> =>
    waitFor('a rehearsal is asked for', () => ledger.runs.claimRehearsal(RUNNER), { deadlineMs: ASKED_MS });

  async function endAs(outcome: Rehearsal, run: RehearsalRun): Promise<void> {
    const { state, verdict, detail } = outcome;
    await ledger.runs.endRehearsal({
      rehearsalId: run.rehearsal.id,
      runner: RUNNER,
      state: state as 'done' | 'failed' | 'stopped',
      verdict,
      detail,
      figures: outcome,
      evidence: sampleEvidence(),
    });
  }

  it('ends with 0 for a go, prints the rehearsal alone, and writes its report', async () => {
    const dropId = await drop();
    const report = join(dataDir, 'report.html');
    const words = ['--profile', 'ramp', '--duration', '20', '--seed', '5', '--faults', 'redis,kafka'];
    const answer = cli(['rehearse', '--drop', dropId, ...words, '--report', report, '--json']);
    const run = await claim();
    expect(run.rehearsal.settings).toEqual({
      ...{ profile: 'ramp', shoppers: 500, duration: 20, seed: 5, faults: ['redis', 'kafka'] },
      ...{ like: null, target: null, whileSelling: false },
    });
    const { id: rehearsalId } = run.rehearsal;
    const beat = { rehearsalId, runner: RUNNER, progress: 0.4, figures: sampleRehearsal() };
    await ledger.runs.beatRehearsal({ ...beat, detail: 'shoppers arrive' });
    await endAs(sampleRehearsal(), run);
    const { code, stdout, stderr } = await answer;
    expect(code).toBe(0);
    const rehearsal = rehearsalSchema.parse(JSON.parse(stdout));
    expect(rehearsal).toMatchObject({ id: rehearsalId, dropId, verdict: 'go', held: 731, progress: 1 });
    expect(stderr).toMatch(/\d+ %, ends by \d\d:\d\d:\d\d: /);
    const html = readFileSync(report, 'utf8');
    expect(html).toContain('AMD EPYC 7B13');
    expect(html).toContain(rehearsalId);
  });

  it('ends with 1 for a no-go, and says which promise broke', async () => {
    const answer = cli(['rehearse', '--drop', await drop()]);
    await endAs(sampleNoGo(), await claim());
    const { code, stdout } = await answer;
    expect(code).toBe(1);
    expect(stdout).toContain(
      'No-go: holds were answered too slowly (hold-p99: 1.81 s, promised: at most 1 s).',
    );
    expect(stdout).toMatch(/BROKE +hold-p99/);
    expect(stdout).toMatch(
      /Repeat it: npx holdfast rehearse --drop \w+ --profile spike --shoppers 500 .*--seed \d+/,
    );
  });

  it('ends with 2 for a rehearsal that failed, since nothing was found out', async () => {
    const answer = cli(['rehearse', '--drop', await drop(), '--json']);
    await endAs(
      sampleRehearsal({ state: 'failed', verdict: null, detail: 'k6 was too slow.' }),
      await claim(),
    );
    const { code, json } = await answer;
    expect(code).toBe(2);
    expect(json).toMatchObject({ state: 'failed', verdict: null, detail: 'k6 was too slow.' });
  });

  it('stops the rehearsal at Ctrl-C, and has ended five seconds later', async () => {
    const interrupt = new AbortController();
    const answer = cli(['rehearse', '--drop', await drop(), '--json'], interrupt.signal);
    const run = await claim();
    const beat = { rehearsalId: run.rehearsal.id, runner: RUNNER, progress: 0.5, figures: sampleRehearsal() };
    interrupt.abort();
    const at = performance.now();
    await waitFor(
      'the runner is asked to stop',
      async () => (await ledger.runs.beatRehearsal({ ...beat, detail: 'selling' })).stop,
      { deadlineMs: STOPPED_MS_MAX },
    );
    await endAs(sampleRehearsal({ state: 'stopped', verdict: null, detail: 'stopped' }), run);
    const { code, json } = await answer;
    expect(performance.now() - at).toBeLessThan(STOPPED_MS_MAX);
    expect(code).toBe(2);
    expect(json).toMatchObject({ state: 'stopped', verdict: null });
  });

  it('gives up soon when the product is gone and its ledger still answers', async () => {
    const run = await ledger.begin(await drop());
    let now = Date.now();
    const following = followRehearsal(ledger.rehearsals, {
      ...{ merchantId: run.merchantId, rehearsal: run.rehearsal, signal: new AbortController().signal },
      onProgress: () => undefined,
      isProductThere: () => false,
      stop: () => Promise.resolve(),
      now: () => (now += 5_000),
    });
    await expect(following).rejects.toThrow('The product ended during the rehearsal');
    await endAs(sampleRehearsal({ state: 'failed', verdict: null, detail: 'nobody beats' }), run);
  });

  it('keeps the verdict when its report cannot be written any more', async () => {
    const folder = mkdtempSync(join(dataDir, 'reports-'));
    const answer = cli(['rehearse', '--drop', await drop(), '--report', join(folder, 'r.html'), '--json']);
    const run = await claim();
    rmSync(folder, { recursive: true });
    await endAs(sampleRehearsal(), run);
    const { code, json, stderr } = await answer;
    expect({ code, json }).toMatchObject({ code: 0, json: { verdict: 'go' } });
    expect(stderr).toContain('The report could not be written');
  });

  it('ends with 2 where it could not start, and says what to do', async () => {
    const dropId = await drop();
    const open = await insertDrop(db.url, { skus: { A: 1 } });
    const refused = async (...args: string[]) => {
      const { code, json } = await cli(['rehearse', '--drop', ...args, '--json']);
      return { code, error: (json as { error: string }).error };
    };
    expect(await refused(dropId)).toEqual({ code: 2, error: expect.stringContaining('--while-selling') });
    expect(await refused('dnowhere')).toEqual({ code: 2, error: expect.stringContaining('not found') });
    const like = await refused(dropId, '--while-selling', '--like', open);
    expect(like).toEqual({ code: 2, error: expect.stringMatching(/^--like must be a drop of yours/) });
    const report = await refused(dropId, '--report', join(dataDir, 'nowhere', 'report.html'));
    expect(report).toEqual({ code: 2, error: expect.stringContaining('does not exist') });
  });

  it('forecasts from the closed drops of the merchant, and says when they are too few', async () => {
    const next = await drop();
    const opened = Math.floor(Date.now() / 1_000) - 600;
    const past: string[] = [];
    const openPast = async (scale: number) => {
      const dropId = await insertDrop(db.url, { skus: { A: 5 }, state: 'closed' });
      past.push(dropId);
      await onDatabase(db.url, (client) =>
        client.query('UPDATE inventory.drop SET opens_at = to_timestamp($2) WHERE drop_id = $1', [
          dropId,
          opened,
        ]),
      );
      const ticks = [90, 60, 30].map((arrivals, second) => ({
        ...{ dropId, second: opened + second, arrivals: arrivals * scale },
        ...{ refusals: {}, latencies: {}, readers: 0 },
      }));
      await ledger.figures.addTicks({ source: 'test', ticks });
    };
    for (const scale of [1, 2]) await openPast(scale);
    const few = await cli(['forecast', '--drop', next, '--json']);
    expect(few).toMatchObject({ code: 0, json: { enough: false, expected: null, error: null } });
    expect((few.json as { madeFrom: object[] }).madeFrom).toHaveLength(2);
    expect((await cli(['forecast', '--drop', next])).stdout).toContain('Too little history');
    for (const scale of [3, 2]) await openPast(scale);
    const { code, json } = await cli(['forecast', '--drop', next, '--json']);
    expect(code).toBe(0);
    expect(json).toMatchObject({
      dropId: next,
      enough: true,
      expected: { total: 360, totalMin: 180, totalMax: 540 },
      error: { heldBack: 4 },
      rehearse: { shoppers: 360, duration: 5 },
    });
    const { madeFrom, expected } = json as {
      madeFrom: { dropId: string }[];
      expected: { perSecond: number[] };
    };
    expect(madeFrom.map(({ dropId }) => dropId).sort()).toEqual(past.sort());
    expect(expected.perSecond.map(Math.round)).toEqual([180, 120, 60]);
    const text = (await cli(['forecast', '--drop', next])).stdout;
    expect(text).toContain('360 requests for a hold are expected');
    expect(text).toContain('Rehearse them: npx holdfast rehearse');
    expect(await cli(['forecast', '--drop', 'dnowhere'])).toMatchObject({ code: 1 });
  });
});
