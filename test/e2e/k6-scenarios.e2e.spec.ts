import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LoadPlan, runLoad } from '@holdfast/load';
import { describeWithGo } from '../support/go';
import { buildK6, type K6Verdict, runK6 } from '../support/k6';
import { type Lies, LyingShop } from '../support/lying-shop';

const SMALL = ['--shoppers', '60', '--seconds', '5', '--watchers', '4', '--seed', '11'];
// How fast a machine of CI is today is not what this is about.
const PATIENT = [
  ...['--hold-p95-ms', '5000', '--hold-p99-ms', '9000'],
  ...['--dropped-percent-max', '20', '--late-p99-ms', '9000'],
];
const ABORT_MS_MAX = 3_000;

const broken = (verdict: K6Verdict | null) => [
  ...new Set(verdict?.promises.filter(({ kept }) => !kept).map(({ metric }) => metric)),
];

/** What the load generator itself does; the product has no part in it. */
describeWithGo('the scenarios of k6, at a shop whose answers are known', () => {
  let program: string;
  beforeAll(async () => {
    program = await buildK6();
  }, 30 * 60_000);

  async function runAt(scenario: string, options: { units?: number; lies?: Lies; args?: string[] } = {}) {
    const { units = 1_000, lies = {}, args = SMALL } = options;
    const shop = await LyingShop.open(units, lies);
    try {
      const where = ['--url', shop.url, '--drop', shop.dropId, '--scenario', scenario];
      const { code, verdict, stderr } = await runK6([...where, ...args, ...PATIENT]);
      if (verdict === null) throw new Error(`npm run k6 ended with ${code}:\n${stderr}`);
      return { code, verdict, shop };
    } finally {
      await shop.close();
    }
  }
  const kept = { code: 0, broken: [], errors: 0, dropped: 0 };
  const short = ({ code, verdict }: { code: number | null; verdict: K6Verdict }) => ({
    ...{ code, broken: broken(verdict), errors: verdict.errors },
    dropped: verdict.generator.dropped,
  });

  it.each(['spike', 'ramp', 'soak'])('%s sends every shopper, and finds nothing wrong', async (scenario) => {
    const run = await runAt(scenario);
    expect(short(run)).toEqual(kept);
    const { counts, seconds, steps } = run.verdict;
    expect(counts).toMatchObject({ shoppers: 60, watched: 4 });
    expect(counts['reloads']).toBeGreaterThan(0);
    expect(seconds.reduce((sum, { offered }) => sum + offered, 0)).toBe(60);
    expect(seconds.reduce((sum, { held }) => sum + held, 0)).toBe(counts['holds_given']);
    expect(Object.keys(steps).sort()).toEqual(['drop', 'hold', 'live', 'pay', 'session']);
  });

  it('queue: who is refused waits and tries again', async () => {
    const run = await runAt('queue', { units: 10 });
    expect(short(run)).toEqual(kept);
    // Each of some forty shoppers who get nothing is refused up to five times.
    expect(run.verdict.refused['sold-out']).toBeGreaterThan(60);
  });

  it('bots: a shop that keeps its word is not tricked', async () => {
    const run = await runAt('bots');
    expect(short(run)).toEqual(kept);
    expect(run.verdict.counts['bots']).toBeGreaterThan(10);
    expect(run.verdict.counts['bots']).toBeLessThan(40);
    expect([...run.shop.wanted].filter((what) => what.includes('forged'))).toEqual([]);
  });

  it('bots: finds a shop that takes forged tokens', async () => {
    const run = await runAt('bots', { lies: { takesForgedTokens: true } });
    expect(short(run)).toMatchObject({ code: 1, broken: ['shop_odd_answers', 'shop_bots_tricked'] });
  });

  it('rate: so many a second, and each asks for a hold', async () => {
    const run = await runAt('rate', { args: ['--per-second', '12', '--seconds', '5', '--watchers', '0'] });
    expect(short(run)).toEqual(kept);
    expect(run.verdict.counts['shoppers']).toBe(60);
    expect([...run.shop.wanted].filter((what) => what.includes('-hold-'))).toHaveLength(60);
  });

  it('replay: as many as are given, from the first second to the last', async () => {
    const run = await runAt('replay', { args: ['--arrivals', '10,0,30,5', '--watchers', '0'] });
    expect(short(run)).toEqual(kept);
    expect(run.verdict.counts['shoppers']).toBe(45);
  });

  it('the same seed sends the same shoppers, who want the same', async () => {
    const wanted = async (seed: string) => {
      const { shop } = await runAt('spike', { args: [...SMALL, '--seed', seed] });
      return [...shop.wanted].sort();
    };
    const [first, second, other] = await Promise.all([wanted('5'), wanted('5'), wanted('6')]);
    expect(first.length).toBeGreaterThan(60);
    expect(second).toEqual(first);
    const choices = (all: string[]) => all.map((what) => what.replace(/^k6-\d+-/, ''));
    expect(choices(other)).not.toEqual(choices(first));
  });

  const planAt = (shop: LyingShop, out: string): LoadPlan => ({
    ...{ scenario: 'spike', url: shop.url, dropId: shop.dropId, units: 1_000, shoppers: 40, seconds: 5 },
    ...{ watchers: 2, seed: 3, operatorPass: '', rehearsalPass: 'the pass', out },
    limits: { lateP99Ms: 9_000, holdP95Ms: 5_000, holdP99Ms: 9_000, droppedPercentMax: 20 },
  });

  it('a rehearsal: every shopper has the pass and an address of their own', async () => {
    const shop = await LyingShop.open(1_000, {});
    const out = mkdtempSync(join(tmpdir(), 'holdfast-load-'));
    const seconds: number[] = [];
    try {
      const { counts, generator } = await runLoad(planAt(shop, out), {
        ...{ program, signal: new AbortController().signal, say: () => undefined },
        onSecond: ({ second }) => seconds.push(second),
      });
      expect({ shoppers: counts['shoppers'], ...generator }).toMatchObject({
        shoppers: 40,
        bottleneck: null,
      });
    } finally {
      await shop.close();
      rmSync(out, { recursive: true });
    }
    expect([...shop.passes]).toEqual(['the pass']);
    expect(shop.addresses.size).toBe(42); // watchers are shoppers, too
    expect(seconds.slice(0, 5)).toEqual([0, 1, 2, 3, 4]);
  });

  it('an abort ends k6 within three seconds', async () => {
    const shop = await LyingShop.open(1_000, {});
    const out = mkdtempSync(join(tmpdir(), 'holdfast-load-'));
    const abort = new AbortController();
    let aborted = 0;
    try {
      const run = runLoad(
        { ...planAt(shop, out), seconds: 60 },
        {
          ...{ program, signal: abort.signal, say: () => undefined },
          onSecond: () => {
            aborted ||= performance.now();
            abort.abort();
          },
        },
      );
      await expect(run).rejects.toThrow('interrupted');
      expect(performance.now() - aborted).toBeLessThan(ABORT_MS_MAX);
    } finally {
      await shop.close();
      rmSync(out, { recursive: true });
    }
  });
});
