import {
  type FaultTarget,
  REHEARSAL_PROMISES,
  type Rehearsal,
  type RehearsalEvidence,
  type RehearsalPromise,
  type RehearsalSecond,
} from '@holdfast/contracts';

const LIMITS: Readonly<Record<(typeof REHEARSAL_PROMISES)[number], Omit<RehearsalPromise, 'name' | 'ok'>>> = {
  'no-oversell': { limit: 0, measured: 0, unit: 'units' },
  'money-equals-orders': { limit: 0, measured: 0, unit: 'orders' },
  invariants: { limit: 0, measured: 0, unit: 'violations' },
  'no-server-errors': { limit: 0, measured: 0, unit: 'answers' },
  'hold-p99': { limit: 1_000, measured: 412.6, unit: 'ms' },
  'pay-p99': { limit: 3_000, measured: 1_240, unit: 'ms' },
  'live-age-p99': { limit: 1_000, measured: 96.2, unit: 'ms' },
  'sold-out-or-demand-met': { limit: 100, measured: 100, unit: '%' },
  'recovers-after-fault': { limit: 10_000, measured: 1_830, unit: 'ms' },
};

/** A spike of 30 s that went well, with a fault: what a rehearsal looks like when it is done. The same each time. */
export function sampleRehearsal(changes: Partial<Rehearsal> = {}): Rehearsal {
  return {
    id: 'r7k2m9q4t8w1',
    dropId: 'dabc1234',
    ghostId: 'gabcd1234efg',
    profile: 'spike',
    seed: 42,
    settings: {
      profile: 'spike',
      shoppers: 5_000,
      duration: 30,
      seed: 42,
      faults: ['redis'],
      like: null,
      target: null,
      whileSelling: false,
    },
    state: 'done',
    detail: 'Go: all 9 promises were kept.',
    progress: 1,
    verdict: 'go',
    promises: REHEARSAL_PROMISES.map((name) => ({ name, ...LIMITS[name], ok: true })),
    offered: { shoppers: 5_000, perSecondMax: 612 },
    held: 731,
    paid: 500,
    refused: { 'sold-out': 3_911, 'limit-reached': 214, 'temporarily-unavailable': 38 },
    errors: 0,
    steps: {
      session: { count: 5_000, p50Ms: 6.2, p95Ms: 48, p99Ms: 130 },
      drop: { count: 9_840, p50Ms: 3.1, p95Ms: 22.4, p99Ms: 71 },
      hold: { count: 4_894, p50Ms: 18.4, p95Ms: 164, p99Ms: 412.6 },
      pay: { count: 562, p50Ms: 121, p95Ms: 640, p99Ms: 1_240 },
      live: { count: 250, p50Ms: 9, p95Ms: 40, p99Ms: 88 },
    },
    soldOutAfterMs: 11_400,
    liveAgeP99Ms: 96.2,
    oversold: 0,
    money: { captured: 1_450_000, ordered: 1_450_000, ok: true },
    verify: {
      ok: true,
      invariants: [
        { name: 'no-oversell', checked: 2, broken: 0 },
        { name: 'money-equals-orders', checked: 500, broken: 0 },
      ],
    },
    bottleneck: {
      what: 'gateway',
      evidence: 'its processor was busy for 97 % of second 9, the lane waited 3 ms',
    },
    safeAdmissionPerMinute: 7_200,
    startedAt: '2026-12-01T13:10:33.120Z',
    endsBy: '2026-12-01T13:12:51.400Z',
    endedAt: '2026-12-01T13:12:51.400Z',
    ...changes,
  };
}

/** The same run, with one promise broken. */
export function sampleNoGo(changes: Partial<Rehearsal> = {}): Rehearsal {
  const { promises } = sampleRehearsal();
  const slow = promises.map((it) => (it.name === 'hold-p99' ? { ...it, measured: 1_812, ok: false } : it));
  return sampleRehearsal({
    verdict: 'no-go',
    promises: slow,
    detail: 'No-go: hold-p99, a hold was answered after 1812 ms (p99).',
    ...changes,
  });
}

/** What the report shows besides. */
export function sampleEvidence(changes: Partial<RehearsalEvidence> = {}): RehearsalEvidence {
  return {
    seconds: Array.from({ length: 45 }, (_, second) => secondOf(second)),
    checks: [
      { says: 'Each hold that a client was granted is in the ledger', ok: true, detail: '731 of 731' },
      { says: 'The provider and the orders agree', ok: true, detail: '500 charges, 500 orders' },
    ],
    faults: [fault('redis', 8, 11)],
    rates: [
      { perMinute: 3_000, ok: true, broke: null },
      { perMinute: 6_000, ok: true, broke: null },
      { perMinute: 12_000, ok: false, broke: 'hold-p99' },
      { perMinute: 9_000, ok: true, broke: null },
    ],
    drop: {
      name: 'Winter coats, second batch',
      units: 500,
      skus: 2,
      perCustomerLimit: 2,
      holdTtlSeconds: 300,
    },
    machine: {
      mode: 'standalone',
      cpus: 2,
      cpuModel: 'AMD EPYC 7B13',
      memoryBytes: 8 * 2 ** 30,
      platform: 'linux 6.1 x64',
      node: 'v24.11.0',
      product: '0.1.0',
      generator: 'k6 v1.3.0',
    },
    ...changes,
  };
}

const fault = (target: FaultTarget, fromSecond: number, toSecond: number) => ({
  target,
  how: 'paused',
  fromSecond,
  toSecond,
  recoveredAfterMs: 1_830,
});

/** A crowd that comes at once and thins out; during the fault it is slower, then the units are gone. */
function secondOf(second: number): RehearsalSecond {
  const crowd = second < 30 ? Math.exp(-((second - 4) ** 2) / 30) * 560 + 30 : 0;
  const isFault = second >= 8 && second <= 11;
  const isOnSale = second <= 11;
  const hold = isFault ? 320 : 20 + crowd / 14;
  return {
    second,
    offered: Math.round(crowd),
    held: isOnSale ? Math.round(crowd * (isFault ? 0.08 : 0.17)) : 0,
    paid: second > 1 && second < 22 ? 25 - second : 0,
    refused: isOnSale ? Math.round(crowd * 0.3) : Math.round(crowd * 0.95),
    errors: 0,
    holdP50Ms: second < 30 ? hold / 4 : null,
    holdP99Ms: second < 30 ? hold : null,
    payP99Ms: second > 1 && second < 24 ? hold * 3 : null,
    liveAgeMs: isFault ? 95 : 12,
    cpu: {
      holdfast: Math.min(0.62, 0.08 + crowd / 1_200),
      postgres: Math.min(0.24, 0.02 + crowd / 3_000),
      k6: Math.min(0.3, 0.03 + crowd / 2_600),
    },
  };
}
