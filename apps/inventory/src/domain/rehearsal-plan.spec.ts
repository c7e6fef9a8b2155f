import { REHEARSAL_LIMITS, type RehearsalEvidence, type RehearsalSettings } from '@holdfast/contracts';
import { boundedEvidence, replayedArrivals, settingsWith } from './rehearsal-plan';

const SETTINGS: RehearsalSettings = {
  profile: 'spike',
  shoppers: 100,
  duration: 30,
  seed: 1,
  faults: [],
  like: { dropId: 'd1234567', times: 2 },
  target: null,
  whileSelling: false,
};
const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);

describe('a replay of past arrivals', () => {
  it('multiplies each second and fills the quiet ones', () => {
    const past = [
      { second: 0, arrivals: 3 },
      { second: 3, arrivals: 1 },
    ];
    expect(replayedArrivals(past, 2)).toEqual([6, 0, 0, 2]);
    expect(replayedArrivals([], 2)).toEqual([]);
  });

  it('keeps the total of a thin stream, which would vanish if each second were rounded', () => {
    const past = Array.from({ length: 100 }, (_, second) => ({ second, arrivals: 1 }));
    const replayed = replayedArrivals(past, 0.3);
    expect(sum(replayed)).toBe(30);
    expect(Math.max(...replayed)).toBe(1);
  });

  it('has the shoppers and seconds of its arrivals', () => {
    const planned = settingsWith(SETTINGS, new Array<number>(40).fill(5));
    expect(planned).toMatchObject({ kind: 'settings', settings: { shoppers: 200, duration: 40 } });
    expect(settingsWith(SETTINGS, [7])).toMatchObject({
      settings: { duration: REHEARSAL_LIMITS.secondsMin },
    });
    expect(settingsWith(SETTINGS, null)).toEqual({ kind: 'settings', settings: SETTINGS });
  });

  it('is refused with more shoppers than a rehearsal may have, or none', () => {
    for (const arrivals of [[REHEARSAL_LIMITS.shoppersMax + 1], [0, 0]])
      expect(settingsWith(SETTINGS, arrivals)).toMatchObject({
        kind: 'invalid',
        errors: [{ pointer: '/times', message: expect.stringMatching(/raise it|lower it/) as string }],
      });
  });
});

describe('the evidence', () => {
  const second = {
    second: 0,
    ...{ offered: 1, held: 1, paid: 1, refused: 0, errors: 0 },
    ...{ holdP50Ms: 1, holdP99Ms: 2, payP99Ms: 3, liveAgeMs: 4, cpu: { gateway: 0.5 } },
  };
  const evidence = {
    seconds: Array.from({ length: 64 }, (_, i) => ({ ...second, second: i })),
    checks: [],
    faults: [],
    rates: [],
    drop: { name: 'Tee', units: 1, skus: 1, perCustomerLimit: 1, holdTtlSeconds: 300 },
  } as unknown as RehearsalEvidence;
  const bytes = (it: RehearsalEvidence) => Buffer.byteLength(JSON.stringify(it));

  it('stays as it is within its bound', () => {
    expect(boundedEvidence(evidence, bytes(evidence))).toBe(evidence);
  });

  it('is thinned out evenly beyond it, and says so', () => {
    const bound = boundedEvidence(evidence, bytes(evidence) / 2);
    expect(bytes(bound)).toBeLessThanOrEqual(bytes(evidence) / 2);
    const kept = bound.seconds.map((it) => it.second);
    expect(kept).toEqual(Array.from({ length: 16 }, (_, i) => i * 4));
    expect(bound.checks).toMatchObject([
      { ok: true, detail: expect.stringContaining('one second in 4') as string },
    ]);
  });

  it('keeps its bound also when it is not the seconds that are large', () => {
    const checks = Array.from({ length: 500 }, () => ({ says: 'x'.repeat(100), ok: true, detail: '' }));
    expect(bytes(boundedEvidence({ ...evidence, checks }, 10_000))).toBeLessThanOrEqual(10_000);
  });
});
